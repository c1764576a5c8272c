"""The files that set the project up say the same, and hold on every machine they are meant for."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
START = (ROOT / "start.cmd").read_bytes()
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def locked() -> list[Requirement]:
    """Every package of the lock, with its version and marker."""
    lines = re.findall(r"^([A-Za-z0-9][^ \\\n]*==[^\\\n]+?) *\\?$", LOCK, re.MULTILINE)
    return [Requirement(line) for line in lines]


# --- requirements.lock -------------------------------------------------------------------------


def test_the_lock_holds_every_package_of_the_project_within_its_range():
    versions: dict[str, list[Version]] = {}
    for requirement in locked():
        version = Version(next(iter(requirement.specifier)).version)
        versions.setdefault(canonicalize_name(requirement.name), []).append(version)
    wanted = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
    for text in wanted:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name} is not in requirements.lock"
        assert all(v in requirement.specifier for v in versions[name]), text


def test_the_lock_has_a_hash_for_every_package_and_no_address():
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked()) > 100
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []
    assert "http://" not in LOCK and "https://" not in LOCK and "--index-url" not in LOCK


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_the_lock_gives_one_version_of_each_package_on_every_machine(python, platform):
    full = {"3.11": "3.11.2"}.get(python, f"{python}.0")
    system = {"linux": "Linux", "win32": "Windows", "darwin": "Darwin"}[platform]
    here = {
        "python_version": python,
        "python_full_version": full,
        "sys_platform": platform,
        "platform_system": system,
        "os_name": "nt" if platform == "win32" else "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "platform_machine": "x86_64",
    }
    names = [canonicalize_name(r.name) for r in locked() if r.marker is None or r.marker.evaluate(here)]
    assert sorted(set(names)) == sorted(names)
    assert {"pandas", "jupyterlab", "duckdb"} <= set(names)


# --- environment.yml ---------------------------------------------------------------------------


def test_the_conda_environment_installs_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert set(environment) == {"name", "channels", "dependencies"}
    *conda, pip = environment["dependencies"]
    # a conda match spec: a name, then a version range
    specs = {}
    for entry in conda:
        match = re.fullmatch(r"([a-z][a-z0-9._-]*)( [<>=!~0-9.,*]+)?", entry)
        assert match, f"{entry!r} is not a match spec"
        specs[match[1]] = SpecifierSet((match[2] or "").strip())
    assert set(specs) == {"python", "pip"}
    assert specs["python"] == SpecifierSet(PROJECT["project"]["requires-python"])
    assert pip == {"pip": ["--requirement requirements.lock"]}


# --- start.cmd ---------------------------------------------------------------------------------


def test_start_cmd_is_what_cmd_reads_on_every_code_page():
    assert START.isascii()
    assert START.count(b"\n") == START.count(b"\r\n") > 40
    assert START.endswith(b"\r\n")
    assert b"chcp" not in START  # a changed code page would stay in the user's window


def test_start_cmd_quotes_every_path():
    text = START.decode("ascii")
    assert 'pushd "%~dp0"' in text
    for line in text.splitlines():
        if line.startswith("rem"):
            continue
        for path in (r".venv\\", "requirements.lock", "%VENV_PYTHON%", "%~dp0"):
            for found in re.finditer(re.escape(path), line):
                assert line[: found.start()].count('"') % 2 == 1, f"not quoted: {line}"
    assert "DisableDelayedExpansion" in text  # a path may have ! in it


def test_start_cmd_goes_only_to_labels_it_has():
    text = START.decode("ascii")
    labels = set(re.findall(r"^:(\w+)", text, re.MULTILINE))
    wanted = set(re.findall(r"goto (\w+)", text)) | set(re.findall(r"call :(\w+)", text))
    assert wanted == labels


def test_start_cmd_says_everything_in_both_languages():
    said = re.findall(r'^call :say "([^"]+)" "([^"]+)"\r$', START.decode("ascii"), re.MULTILINE)
    assert len(said) == 4
    for _, escaped in said:
        chinese = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), escaped)
        assert re.search("[\u4e00-\u9fff]{4}", chinese) and chinese.endswith("。") and "'" not in chinese
    assert START.decode("ascii").count("call :say") == 4


def test_start_cmd_installs_what_make_installs():
    text = START.decode("ascii")
    for step in (
        r"-m pip install --quiet --require-hashes -r",
        "-m pip install --quiet --no-deps --no-build-isolation -e .",
    ):
        assert step in text and step in MAKEFILE
    assert "-m kamtools lab" in text and "$(KAM) lab" in MAKEFILE


# --- Makefile and the build machine ------------------------------------------------------------


def test_make_starts_programs_so_that_the_path_may_have_spaces():
    commands = [line for line in MAKEFILE.splitlines() if line.startswith("\t")]
    assert commands
    for line in commands:  # scripts in .venv/bin would start a shebang with a path in it
        assert ".venv/bin/" not in line.replace("$(PYTHON)", "").replace("$(KAM)", "")
        assert "$(CURDIR)" not in line and "$(PWD)" not in line


@pytest.mark.parametrize(
    "goal", ["run", "test", "test-full", "test-faults", "lab", "notebooks", "check", "bench"]
)
def test_make_knows_every_goal_that_is_promised(goal):
    done = subprocess.run(["make", "--dry-run", goal], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert ".venv/bin/python" in done.stdout


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_read_me_names_the_two_commands(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert "make run" in text and "make test" in text and "start.cmd" in text


def test_every_test_is_run_by_one_goal_at_least():
    from _pytest.mark.expression import Expression

    goals = [Expression.compile(e) for e in re.findall(r'-m "(.+)" ', MAKEFILE)]
    assert len(goals) == 2
    marks = ("slow", "browser", "notebook", "faults")
    for number in range(2 ** len(marks)):
        own = {mark for place, mark in enumerate(marks) if number >> place & 1}
        run = [goal.evaluate(lambda name, own=own, **_: name in own) for goal in goals]
        assert any(run) or "faults" in own, own  # make test-faults takes a folder
    declared = {m.split(":")[0] for m in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    assert declared == set(marks)


def test_make_test_covers_every_room_and_the_folder_of_faults_is_marked():
    for room in (p for p in (ROOT / "tests").iterdir() if any(p.glob("test_*.py"))):
        texts = [p.read_text(encoding="utf-8") for p in room.glob("test_*.py")]
        apart = [
            bool(re.search(r"^pytestmark = .*?\bmark\.(slow|browser|faults)", t, re.M | re.S)) for t in texts
        ]
        assert all(apart) if room.name in ("browser", "faults", "notebooks", "real") else not all(apart), (
            room.name
        )


def test_ci_checks_tests_and_measures():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for step in (
        "make check",
        "make test ||",
        "make test-full",
        "make bench SHORT=1",
        "make test-faults SHORT=1",
        "CI=true",
    ):
        assert step in script
    assert subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")]).returncode == 0


def test_a_skip_is_a_failure_on_the_build_machine_only(tmp_path):
    (tmp_path / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    (tmp_path / "test_x.py").write_text(
        "import pytest\n"
        "def test_a(): pytest.skip('program missing')\n"
        "@pytest.mark.skip(reason='never')\n"
        "def test_b(): pass\n"
    )
    (tmp_path / "test_y.py").write_text("import pytest\npytest.importorskip('no_such_module_here')\n")
    import os
    import sys

    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        str(tmp_path),
    ]
    base = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST") and k != "CI"}
    at_home = subprocess.run(command, cwd=tmp_path, env=base, capture_output=True, text=True)
    assert "3 skipped" in at_home.stdout and "failed" not in at_home.stdout
    in_ci = subprocess.run(command, cwd=tmp_path, env={**base, "CI": "true"}, capture_output=True, text=True)
    assert in_ci.returncode != 0
    assert "skipped" not in in_ci.stdout.splitlines()[-1]


# --- JupyterLab --------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "locale"), [("zh", "zh_CN"), ("en", "default")])
def test_jupyterlab_speaks_the_language_and_asks_nothing_of_the_network(lang, locale):
    settings = json.loads((ROOT / ".jupyter" / lang / "overrides.json").read_text(encoding="utf-8"))
    assert settings["@jupyterlab/translation-extension:plugin"]["locale"] == locale
    notices = settings["@jupyterlab/apputils-extension:notification"]
    assert notices == {"fetchNews": "false", "checkForUpdates": False}
