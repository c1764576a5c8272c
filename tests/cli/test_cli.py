"""The command line: speaks both languages, is light, and never shows a traceback for a person's mistake."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kamtools import cli
from kamtools.errors import KamError
from kamtools.words import messages

COMMANDS = (
    *("new", "import", "imports", "undo", "check", "pack", "backup", "restore", "forget", "upgrade"),
    *("designate", "run", "verify", "notebooks", "coverage", "report", "lab"),
)


def kam(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "kamtools", *arguments],
        capture_output=True,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_names_every_command_in_the_asked_language(lang, capsys):
    assert cli.main(["--lang", lang, "--help"]) == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n  {command} " in text
    assert ("用法：" in text) == (lang == "zh")
    assert ("Usage:" in text) == (lang == "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_one_language_only(command, lang, capsys):
    assert cli.main([command, "--help", "--lang", lang]) == 0
    text = capsys.readouterr().out
    assert "--help" in text
    if lang == "en":
        assert text.isascii()
    else:
        assert "Show this" not in text and "Usage" not in text and "Options" not in text


def test_help_says_the_same_whatever_the_place_of_lang(capsys):
    cli.main(["run", "--lang", "zh", "--help"])
    first = capsys.readouterr().out
    cli.main(["--lang=zh", "run", "--help"])
    assert capsys.readouterr().out == first


def test_language_comes_from_the_environment():
    assert "用法" in kam("--help", KAM_LANG="zh").stdout.decode()
    assert "Usage" in kam("--help", KAM_LANG="en").stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["rnu"], "是不是想用“run”", 'Did you mean "run"'),
        (["zzz"], "没有“zzz”这个命令", 'no command "zzz"'),
        (["run", "--worksapce", "x"], "--workspace", "--workspace"),
        (["run", "--top", "0"], "1 或更大的整数", "1 or more"),
        (["run", "--top", "²"], "1 或更大的整数", "1 or more"),
        (["run", "--top"], "--top", "--top"),
        (["run", "--as-of", "31.10.2026"], "31.10.2026", "31.10.2026"),
        (["run", "--as-of", "2026-02-30"], "2026-02-30", "2026-02-30"),
        (["import"], "缺少", "missing"),
        (["import", "m.yml"], "至少一个数据来源", "at least one source"),
        (["import", "m.yml", "a.csv", "--to", "x.yml"], "--draft", "--draft"),
        (["new"], "缺少 DIR", "DIR is missing"),
    ],
)
def test_a_mistake_gets_one_clear_line(arguments, zh, en, capsys):
    for lang, expected in (("zh", zh), ("en", en)):
        assert cli.main(["--lang", lang, *arguments]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert expected in shown.err
        assert len(shown.err.splitlines()) == 1


def test_an_unknown_language_is_named():
    done = kam("--lang", "fr", "--help", KAM_LANG="en")
    assert done.returncode == 2
    assert b"fr" in done.stderr and b"Traceback" not in done.stderr


def test_an_error_for_people_is_said_once_and_exits_2(monkeypatch, capsys):
    def fail() -> None:
        raise KamError("words.unknown_language", lang="xx", allowed="zh, en")

    monkeypatch.setattr(cli, "commands", fail)
    assert cli.main(["--lang", "en"]) == 2
    assert capsys.readouterr().err == 'Error: There is no language "xx". Allowed: zh, en.\n'


def test_a_failing_disk_is_a_message(monkeypatch, capsys):
    def fail() -> None:
        raise PermissionError(13, "Permission denied", "/x/y")

    monkeypatch.setattr(cli, "commands", fail)
    assert cli.main(["--lang", "en"]) == 2
    assert "/x/y" in capsys.readouterr().err


def test_a_fault_of_the_program_is_not_hidden_from_tests(monkeypatch):
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "commands", fail)
    with pytest.raises(ZeroDivisionError):
        cli.main([])


def faulty(names: str) -> None:
    """Raise as a worker does: a fault with names and money in its words and variables."""
    amount = "1,234.56 万元"
    try:
        {}[names]
    except KeyError as error:
        raise ValueError(f"{names} owes {amount}") from error


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_fault_exits_3_and_its_log_holds_no_names_and_no_amounts(lang, monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("KAM_RAISE")
    monkeypatch.setenv("KAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cli, "as_of_day", lambda *given: faulty("蓝天商贸"))
    for _ in range(2):
        assert cli.main(["run", "蓝天商贸", "--workspace", str(tmp_path / "秘密"), "--lang", lang]) == 3
    shown = capsys.readouterr()
    logs = sorted((tmp_path / "cache" / "logs").iterdir())
    assert len(logs) == 2 and len(shown.err.splitlines()) == 2 and shown.out == ""
    assert str(logs[-1]) in shown.err and "kam report" in shown.err and "Traceback" not in shown.err
    text = logs[-1].read_text("utf-8")
    for secret in ("蓝天", "1,234", "万元", "owes", "秘密", str(tmp_path)):
        assert secret not in text and secret not in shown.err.replace(str(logs[-1]), "").replace(
            str(logs[0]), ""
        )
    assert "command: run\n" in text and "builtins.ValueError" in text and "builtins.KeyError" in text
    assert (
        ":faulty\n" in text and "test_cli.py:" in text and "kamtools/cli.py:" in text and "pandas: " in text
    )
    bundle = tmp_path / "to send.zip"
    assert cli.main(["report", str(bundle), "--lang", lang]) == 0
    with zipfile.ZipFile(bundle) as made:
        assert sorted(made.namelist()) == [*(f"logs/{log.name}" for log in logs), "versions.txt"]
        assert made.read(f"logs/{logs[-1].name}").decode() == text
    capsys.readouterr()
    assert cli.main(["report", str(bundle), "--lang", lang]) == 2  # nothing is written over
    assert "to send.zip" in capsys.readouterr().err


def test_without_a_log_there_is_nothing_to_send(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("KAM_CACHE", str(tmp_path))
    assert cli.main(["report", str(tmp_path / "r.zip")]) == 2
    assert not (tmp_path / "r.zip").exists()


def test_a_fault_that_cannot_be_logged_still_exits_3(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("KAM_RAISE")
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KAM_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(cli, "as_of_day", lambda *given: faulty("X"))
    assert cli.main(["run", "--lang", "en"]) == 3
    assert "KAM_CACHE" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["ascii", "cp936", "cp437", "utf-8", "latin-1"])
def test_any_console_gets_chinese_without_a_crash(encoding):
    done = kam("--lang", "zh", "--help", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0
    assert "大客户" in done.stdout.decode("gb18030" if encoding == "cp936" else "utf-8")


def test_what_a_console_cannot_write_is_escaped_and_not_raised():
    code = (
        "from kamtools import cli; import sys; cli.speak_unicode(sys.stdout); print('大客户 \\U0001f600 ü')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "cp936", "PYTHONUTF8": "0"},
        check=True,
    )
    assert "大客户 \\U0001f600".encode("gbk") in done.stdout


def test_help_imports_nothing_heavy():
    heavy = "pandas numpy duckdb pyarrow matplotlib seaborn papermill nbconvert pydantic scipy yaml babel"
    code = (
        "import sys; from kamtools.cli import main; main(['--help']); "
        f"print([m for m in '{heavy}'.split() if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stderr.strip() == "[]"


def test_a_reader_that_leaves_early_is_no_error():
    command = f'"{sys.executable}" -m kamtools --help | true'
    done = subprocess.run(command, shell=True, capture_output=True)
    assert b"Traceback" not in done.stderr


def test_the_messages_of_the_command_line_are_all_used():
    source = Path(cli.__file__).read_text(encoding="utf-8")
    names = [key for key in messages() if key.startswith("cli.")]
    assert len(names) > 30
    assert [key for key in names if f'"{key}"' not in source] == []


def test_lab_opens_the_first_notebook_of_the_language(tmp_path):
    with pytest.raises(KamError):
        cli.lab_command(tmp_path, "zh")
    folder = tmp_path / "notebooks" / "zh"
    folder.mkdir(parents=True)
    (folder / "02_identification.ipynb").write_text("{}")
    assert cli.lab_command(tmp_path, "zh")[-1].endswith("/lab/tree/notebooks/zh/02_identification.ipynb")
    (folder / "00_start.ipynb").write_text("{}")
    assert cli.lab_command(tmp_path, "zh")[-1].endswith("/notebooks/zh/00_start.ipynb")
