"""The command line, ``kam``.

The language is chosen before anything is said: ``--lang``, else ``KAM_LANG``,
else the system's. Heavy packages are imported inside the commands, so that
``kam --help`` answers at once. The exit code is 0 where all is well, 1 where a
report says that something is not, 2 where the question could not be worked on,
3 where the program itself is at fault: then a log is named, and ``KAM_RAISE=1``
(as in our tests) shows the exception instead.

This is the only module that asks the clock what day it is.
"""

from __future__ import annotations

import datetime as dt
import difflib
import errno
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import click

from kamtools.errors import KamError
from kamtools.user import user_name
from kamtools.words import check_language, current_language, language, say
from kamtools.words.masking import without_passwords

OK, NOT_OK, NO_ANSWER, FAULT, INTERRUPTED = 0, 1, 2, 3, 130
# jsonschema, which nbformat imports, would compile a grammar of international addresses: more than a second in each
# process, workers too, for a format that no notebook's schema has. It does without where the import fails.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class Report(Protocol):
    """What a command gives back: whether all is well, and its text for the terminal."""

    @property
    def ok(self) -> bool:
        """True where all is well."""
        ...

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the text, line by line."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``kam`` with `arguments` (default: the process's) and return the exit code.

    Examples
    --------
    >>> main(["--lang", "en", "chekc"])
    2
    """
    for stream in (sys.stdout, sys.stderr):
        speak_unicode(stream)
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        chosen = asked_language(given) or current_language()
        with language(chosen):
            return _run(given)
    except KamError as error:
        return _complain(error.text())
    except (KeyboardInterrupt, click.Abort):
        _complain(say("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001 - a fault of the program
        if os.environ.get("KAM_RAISE"):
            raise
        return _log_fault(error, given)


def _log_fault(error: Exception, arguments: Sequence[str]) -> int:
    """Say in one sentence that the program is at fault, and where the log is."""
    from kamtools.faults import write_log

    with language(current_language()):
        try:
            known = commands().commands
            log = write_log(error, next((a for a in arguments if a in known), "kam"))
        except Exception:  # noqa: BLE001 - not even a log: a full disk, say
            _complain(say("cli.fault_no_log", kind=type(error).__name__))
        else:
            _complain(say("cli.fault", kind=type(error).__name__, log=log))
    return FAULT


def _run(arguments: list[str]) -> int:
    try:
        code = commands().main(arguments, prog_name="kam", standalone_mode=False)
        return code if isinstance(code, int) else OK
    except KamError as error:
        return _complain(error.text())
    except click.NoSuchOption as error:
        close = ", ".join(error.possibilities or ())
        return _complain(
            say("cli.unknown_option_close", option=error.option_name, close=close)
            if close
            else say("cli.unknown_option", option=error.option_name, help=_help_command(error))
        )
    except click.MissingParameter as error:
        what = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
        if error.param and error.param.param_type_name == "option":
            what = f"{error.param.opts[0]} {what}"
        return _complain(say("cli.missing", what=what, help=_help_command(error)))
    except click.BadOptionUsage as error:
        return _complain(say("cli.option_value", option=error.option_name, help=_help_command(error)))
    except click.UsageError as error:
        return _complain(say("cli.usage_error", reason=error.format_message(), help=_help_command(error)))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _complain(say("cli.disk_full"))
        reason = error.strerror or str(error)
        return _complain(say("cli.system_error", file=error.filename or "-", reason=reason))


def _help_command(error: click.UsageError) -> str:
    return f"{error.ctx.command_path if error.ctx else 'kam'} --help"


def _complain(text: str) -> int:
    print(without_passwords(say("cli.error", text=text)), file=sys.stderr)
    return NO_ANSWER


def speak_unicode(stream: Any) -> None:
    """Let `stream` take any text: a console that has Chinese keeps its encoding, any other gets UTF-8.

    What the encoding cannot say is written as ``\\uXXXX``; nothing is ever
    raised for it.
    """
    if not hasattr(stream, "reconfigure"):
        return
    try:
        "大客户".encode(stream.encoding or "ascii")
        stream.reconfigure(errors="backslashreplace")
    except (UnicodeEncodeError, LookupError):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def asked_language(arguments: Sequence[str]) -> str | None:
    """Return the language that ``--lang`` asks for, wherever it stands, or None.

    Examples
    --------
    >>> asked_language(["run", "--key", "--lang", "zh"]), asked_language(["--lang=en"])
    ('zh', 'en')
    """
    found = None
    for position, word in enumerate(arguments):
        if word == "--":
            break
        if word == "--lang":
            found = check_language(arguments[position + 1] if position + 1 < len(arguments) else "")
        elif word.startswith("--lang="):
            found = check_language(word.removeprefix("--lang="))
    return found


# --- the language of the help -------------------------------------------------------------------


class _Formatter(click.HelpFormatter):
    """click's help in the current language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix=say("cli.usage") + " ")

    def section(self, name: str):
        names = {"Options": "cli.options", "Commands": "cli.commands"}
        return super().section(say(names[name]) if name in names else name)


class _Context(click.Context):
    formatter_class = _Formatter


class _Command(click.Command):
    context_class = _Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["options_metavar"] = say("cli.options_metavar")
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.option_help")
        return option


class _Group(_Command, click.Group):
    command_class = _Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, subcommand_metavar=say("cli.command_metavar"), **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of the work, not of the alphabet

    def resolve_command(self, ctx: click.Context, args: list[str]):
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], self.commands, n=1)
            raise KamError(
                "cli.unknown_command_close" if close else "cli.unknown_command",
                command=args[0],
                close=close[0] if close else "",
                allowed=", ".join(self.commands),
            )
        return super().resolve_command(ctx, args)


# --- values ------------------------------------------------------------------------------------


class _Day(click.ParamType):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise KamError("cli.bad_date", option=param.opts[0] if param else "", value=value) from None


class _Count(click.ParamType):
    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not (value.isascii() and value.isdigit() and int(value) > 0):
            raise KamError("cli.bad_count", option=param.opts[0] if param else "", value=value)
        return int(value)


_PATH = click.Path(path_type=Path)


def as_of_day(given: dt.date | None, workspace: Path) -> dt.date:
    """Return the as-of date: as given, else the workspace's ``as_of``, else today."""
    if given is not None:
        return given
    from kamtools.workspace import open_workspace

    stated = open_workspace(workspace).settings.as_of
    return dt.date.fromisoformat(stated) if stated else dt.date.today()


def _tell(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone, as `head` does: the exit code still tells what was done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _finish(report: Report) -> int:
    _tell(report.lines(current_language()))
    return OK if report.ok else NOT_OK


# --- the commands ------------------------------------------------------------------------------


def _lang_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--lang", metavar="zh|en", expose_value=False, help=say("cli.option_lang"))(command)


def _workspace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--workspace",
        type=_PATH,
        metavar="DIR",
        default=Path(),
        envvar="KAM_WORKSPACE",
        help=say("cli.option_workspace"),
    )(command)


def _store_options(command: Callable[..., Any]) -> Callable[..., Any]:
    url = click.option("--store", "url", metavar="URL", envvar="KAM_STORE", help=say("cli.option_store"))
    return _workspace_option(url(command))


def _who_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--who", metavar="NAME", help=say("cli.option_who"))(command)


def commands() -> click.Group:
    """Build the commands, their help in the current language."""

    @click.group(cls=_Group, help=say("cli.kam"), invoke_without_command=True)
    @_lang_option
    @click.option("--version", is_flag=True, help=say("cli.option_version"))
    @click.pass_context
    def kam(context: click.Context, version: bool) -> int:
        if version:
            from importlib.metadata import version as installed

            print(f"kam {installed('kamtools')}")
        elif context.invoked_subcommand is None:
            print(context.get_help())
        return OK

    @kam.command(help=say("cli.new"))
    @click.argument("directory", metavar="DIR", type=_PATH)
    @click.option("--from", "source", type=_PATH, metavar="PACK", help=say("cli.option_from"))
    @_lang_option
    def new(directory: Path, source: Path | None) -> int:
        from kamtools.store import new_workspace

        workspace = new_workspace(directory, source)
        print(say("cli.new_done", directory=workspace.root))
        return OK

    @kam.command("import", help=say("cli.import"))
    @click.argument("paths", metavar="[MAPPING] SOURCE...", type=_PATH, nargs=-1, required=True)
    @_workspace_option
    @click.option("--draft", is_flag=True, help=say("cli.option_draft"))
    @click.option("--to", type=_PATH, metavar="FILE", help=say("cli.option_to"))
    @click.option("--replace", "again", flag_value="replace", help=say("cli.option_replace"))
    @click.option("--add", "again", flag_value="add", help=say("cli.option_add"))
    @_who_option
    @_lang_option
    def import_(
        paths: tuple[Path, ...],
        workspace: Path,
        draft: bool,
        to: Path | None,
        again: str | None,
        who: str | None,
    ) -> int:
        files = list(paths)
        if to is not None and not draft:
            raise KamError("cli.to_without_draft")
        if len(files) < 2 and not draft:
            raise KamError("cli.import_needs_source", mapping=files[0])
        if draft:
            from kamtools.importing.draft import draft as drafted

            return _draft(drafted(files), to)
        from kamtools.importing import run_import

        return _finish(run_import(files[0], files[1:], workspace, again or "ask", who))  # type: ignore[arg-type]

    @kam.command("imports", help=say("cli.imports"))
    @click.argument("directory", metavar="WORKSPACE", type=_PATH, default=Path())
    @_lang_option
    def imports_(directory: Path) -> int:
        from kamtools.importing import list_imports

        return _finish(list_imports(directory))

    @kam.command("undo", help=say("cli.undo"))
    @click.argument("directory", metavar="WORKSPACE", type=_PATH, default=Path())
    @_who_option
    @_lang_option
    def undo_(directory: Path, who: str | None) -> int:
        from kamtools.importing import undo

        return _finish(undo(directory, who))

    @kam.command(help=say("cli.check"))
    @click.argument("directory", metavar="DIR", type=_PATH, default=Path())
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_check_as_of"))
    @click.option("--store", "url", metavar="URL", envvar="KAM_STORE", help=say("cli.option_store"))
    @_lang_option
    def check(directory: Path, as_of: dt.date | None, url: str | None) -> int:
        from kamtools.forms.everything import check_everything

        return _finish(check_everything(directory, as_of, url).written())

    @kam.command(help=say("cli.pack"))
    @click.argument("directory", metavar="DIR", type=_PATH)
    @_workspace_option
    @_lang_option
    def pack(directory: Path, workspace: Path) -> int:
        from kamtools.store import write_pack
        from kamtools.workspace import open_workspace

        write_pack(open_workspace(workspace), directory)
        print(say("cli.pack_done", directory=directory))
        return OK

    @kam.command(help=say("cli.backup"))
    @click.argument("file", metavar="FILE", type=_PATH)
    @_store_options
    @_lang_option
    def backup(file: Path, workspace: Path, url: str | None) -> int:
        from kamtools.store import backup as make_backup

        return _finish(make_backup(url or workspace, file))

    @kam.command(help=say("cli.restore"))
    @click.argument("backup", metavar="BACKUP", type=_PATH)
    @_store_options
    @_who_option
    @_lang_option
    def restore(backup: Path, workspace: Path, url: str | None, who: str | None) -> int:
        from kamtools.store import restore as bring_back

        return _finish(
            bring_back(url or workspace, backup, who=who or user_name(), at=dt.datetime.now(dt.UTC))
        )

    @kam.command(help=say("cli.forget"))
    @click.argument("names", metavar="PERSON...", nargs=-1, required=True)
    @_store_options
    @_who_option
    @click.option("--yes", is_flag=True, help=say("cli.option_yes"))
    @_lang_option
    def forget(names: tuple[str, ...], workspace: Path, url: str | None, who: str | None, yes: bool) -> int:
        from kamtools.store import forget as erase

        at = dt.datetime.now(dt.UTC)
        return _finish(erase(url or workspace, names, who=who or user_name(), at=at, only_look=not yes))

    _upgrade_command(kam)
    _forms_commands(kam)
    _money_commands(kam)

    @kam.command(help=say("cli.designate"))
    @_workspace_option
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_as_of"))
    @click.option("--back", is_flag=True, help=say("cli.option_designate_back"))
    @_who_option
    @_lang_option
    def designate(workspace: Path, as_of: dt.date | None, back: bool, who: str | None) -> int:
        from kamtools.book import open_portfolio, save_designation
        from kamtools.book.designations import take_back_designation
        from kamtools.workspace import open_workspace

        day, at = as_of_day(as_of, workspace), dt.datetime.now(dt.UTC)
        if back:
            count = take_back_designation(open_workspace(workspace), day, who or user_name(), at)
            print(say("cli.designate_back_done", count=count, day=day))
            return OK
        portfolio = open_portfolio(workspace, day)
        saved = list(save_designation(portfolio, who or user_name(), at).values())
        listed = portfolio.designation.accounts if portfolio.designation else ()
        changed = {status: saved.count(status) for status in ("entered", "left")}
        print(say("cli.designate_done", count=len(listed), day=day, **changed))
        return OK

    @kam.command(help=say("cli.run"))
    @click.argument("accounts", metavar="[ACCOUNT...]", nargs=-1)
    @click.option("--all", "all_", is_flag=True, help=say("cli.option_all"))
    @click.option("--key", is_flag=True, help=say("cli.option_key"))
    @click.option("--top", type=_Count(), metavar="N", help=say("cli.option_top"))
    @click.option("--owner", metavar="NAME", help=say("cli.option_owner"))
    @_workspace_option
    @click.option("--out", type=_PATH, metavar="DIR", default=Path("out"), help=say("cli.option_out"))
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_as_of"))
    @click.option("--jobs", type=_Count(), metavar="N", help=say("cli.option_jobs"))
    @click.option("--next", "say_next", is_flag=True, hidden=True)  # also say how to open JupyterLab
    @_lang_option
    def run(
        accounts: tuple[str, ...],
        all_: bool,
        key: bool,
        top: int | None,
        owner: str | None,
        workspace: Path,
        out: Path,
        as_of: dt.date | None,
        jobs: int | None,
        say_next: bool,
    ) -> int:
        from kamtools import fleet

        selection = fleet.Selection.of(accounts, all=all_, key=key, top=top, owner=owner)
        day = as_of_day(as_of, workspace)
        with fleet.bar() as progress:
            report = fleet.run(
                workspace,
                out,
                selection,
                lang=current_language(),
                as_of=day,
                jobs=jobs or os.cpu_count() or 1,
                progress=progress,
            )
        code = _finish(report)
        if say_next:
            print(say("cli.next_lab", folder=Path.cwd()))
        return code

    @kam.command(help=say("cli.verify"))
    @click.argument("out", metavar="DIR", type=_PATH, default=Path("out"))
    @click.option("--workspace", type=_PATH, metavar="DIR", help=say("cli.option_verify_workspace"))
    @_lang_option
    def verify(out: Path, workspace: Path | None) -> int:
        from kamtools import fleet

        return _finish(fleet.verify(out, workspace))

    @kam.command(help=say("cli.notebooks"))
    @click.option("--check", is_flag=True, help=say("cli.option_notebooks_check"))
    @click.option("--run", "execute", is_flag=True, help=say("cli.option_notebooks_run"))
    @_lang_option
    def notebooks(check: bool, execute: bool) -> int:
        from kamtools.classroom import build_notebooks

        return _finish(build_notebooks(check=check, run=execute))

    @kam.command(help=say("cli.coverage"))
    @click.option("--cost", "costs", is_flag=True, help=say("cli.option_cost"))
    @click.option("--json", "as_json", is_flag=True, help=say("cli.option_json"))
    @_lang_option
    def coverage(costs: bool, as_json: bool) -> int:
        from kamtools.classroom import cost
        from kamtools.classroom import coverage as make_coverage

        report = cost(current_language()) if costs else make_coverage(current_language())
        if not as_json:
            return _finish(report)
        import json

        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
        return OK if report.ok else NOT_OK

    @kam.command(help=say("cli.report"))
    @click.argument("file", metavar="[FILE.zip]", type=_PATH, default=Path("kam-report.zip"))
    @_lang_option
    def report(file: Path) -> int:
        from kamtools.faults import bundle, log_folder

        count = bundle(file)
        if not count:
            raise KamError("cli.no_logs", folder=log_folder())
        print(say("cli.report_done", count=count, file=file))
        return OK

    @kam.command(help=say("cli.lab"), context_settings={"ignore_unknown_options": True})
    @click.argument("options", metavar="[JUPYTERLAB-OPTION...]", nargs=-1, type=click.UNPROCESSED)
    @_lang_option
    def lab(options: tuple[str, ...]) -> int:
        import subprocess

        return subprocess.call([*lab_command(Path.cwd(), current_language()), *options])

    return kam


def _upgrade_command(kam: click.Group) -> None:
    """Add ``kam upgrade``."""

    @kam.command(help=say("cli.upgrade"))
    @click.argument("directory", metavar="DIR", type=_PATH)
    @click.option("--store", "url", metavar="URL", envvar="KAM_STORE", help=say("cli.option_store"))
    @click.option("--back", is_flag=True, help=say("cli.option_back"))
    @click.option("--yes", is_flag=True, help=say("cli.option_back_yes"))
    @_who_option
    @_lang_option
    def upgrade(directory: Path, url: str | None, back: bool, yes: bool, who: str | None) -> int:
        from kamtools.store import open_store, upgrade_store
        from kamtools.store.brought import take_in
        from kamtools.workspace.paths import as_given
        from kamtools.workspace.places import FILE, check_place
        from kamtools.workspace.upgrade import BACKUPS, format_2, take_back, upgrade_workspace

        at = dt.datetime.now(dt.UTC)
        if back:
            return _finish(take_back(directory, at, who or user_name(), despite=yes))
        if not url and format_2.files(directory):
            check_place(as_given(directory))  # what stands in files there could not go into a database
        code = _finish(upgrade_workspace(directory, at, who or user_name()))
        target = url or directory / FILE
        if url or (directory / FILE).is_file():
            backup = upgrade_store(target, directory / BACKUPS, at)
            if backup is not None:
                print(say("store.upgraded", place=FILE if not url else "PostgreSQL", backup=backup))
        if (directory / format_2.BROUGHT).is_file():
            with open_store(
                url or directory
            ) as store:  # a workspace's own takes in by itself what stood in files
                take_in(store, directory)
        return code


def _money_commands(kam: click.Group) -> None:
    """Add ``kam lines``, ``kam map``, ``kam close``, ``kam restate`` and ``kam templates``."""

    @kam.command("lines", help=say("cli.lines"))
    @click.argument("workspace", metavar="WORKSPACE", type=_PATH)
    @click.argument("account", metavar="ACCOUNT")
    @click.option("--figure", metavar="NAME", default="", help=say("cli.option_figure"))
    @click.option("--month", metavar="YYYY-MM", help=say("cli.option_month"))
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_as_of"))
    @click.option("--out", type=_PATH, metavar="FILE.csv|.xlsx", help=say("cli.option_lines_out"))
    @_lang_option
    def figure_lines(
        workspace: Path, account: str, figure: str, month: str | None, as_of: dt.date | None, out: Path | None
    ) -> int:
        from kamtools.book import lines, listing, open_portfolio

        portfolio = open_portfolio(workspace, as_of_day(as_of, workspace), unpriced=True)
        found = lines.figure_lines(portfolio, account, figure, month)
        if out is None:
            return _finish(listing.Listing(found))
        print(listing.write_lines(found, out, current_language()))
        return OK

    @kam.command("map", help=say("cli.map"))
    @click.argument("accounts", metavar="ACCOUNT...", nargs=-1, required=True)
    @click.option("--out", type=_PATH, metavar="DIR", required=True, help=say("cli.option_map_out"))
    @_workspace_option
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_as_of"))
    @_lang_option
    def relationship_maps(
        accounts: tuple[str, ...], out: Path, workspace: Path, as_of: dt.date | None
    ) -> int:
        from kamtools.book import open_book
        from kamtools.show import maps
        from kamtools.workspace.csvtext import write_atomic
        from kamtools.workspace.ids import slug

        day = as_of_day(as_of, workspace)
        for account in accounts:
            book = open_book(account, workspace, day, current_language())
            coverage = book.knowing.relationships
            for ending, make in (("svg", maps.relationship_svg), ("csv", maps.relationship_csv)):
                path = out / f"{slug(account)}.{ending}"
                write_atomic(path, make(coverage, book.context))
                print(path)
        return OK

    @kam.command(help=say("cli.close"))
    @click.argument("month", metavar="YYYY-MM")
    @_workspace_option
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_as_of"))
    @_who_option
    @_lang_option
    def close(month: str, workspace: Path, as_of: dt.date | None, who: str | None) -> int:
        from kamtools.book import open_portfolio
        from kamtools.book.closing import close_month

        portfolio = open_portfolio(workspace, as_of_day(as_of, workspace))
        path = close_month(portfolio, month, who or user_name(), dt.datetime.now(dt.UTC))
        print(say("cli.close_done", month=month, path=path))
        return OK

    @kam.command(help=say("cli.restate"))
    @_workspace_option
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_as_of"))
    @_lang_option
    def restate(workspace: Path, as_of: dt.date | None) -> int:
        from kamtools.book import open_portfolio
        from kamtools.book.closing import restated

        return _finish(restated(open_portfolio(workspace, as_of_day(as_of, workspace))))

    @kam.command(help=say("cli.templates"))
    @click.argument("directory", metavar="DIR", type=_PATH)
    @click.argument("tables", metavar="[TABLE...]", nargs=-1)
    @click.option("--currency", metavar="CNY", default="CNY", help=say("cli.option_currency"))
    @_lang_option
    def templates(directory: Path, tables: tuple[str, ...], currency: str) -> int:
        from kamtools.importing.templates import BY_HAND, write_templates

        return _finish(write_templates(directory, tables or BY_HAND, current_language(), currency))


def _forms_commands(kam: click.Group) -> None:
    """Add ``kam forms export|import|blanks``."""

    @kam.group("forms", help=say("cli.forms"), cls=_Group)
    def forms() -> None:
        pass

    form_option = click.option("--form", "which", metavar="FORM", multiple=True, help=say("cli.option_form"))

    @forms.command("export", help=say("cli.forms_export"))
    @click.argument("file", metavar="FILE", type=_PATH)
    @click.argument("accounts", metavar="[ACCOUNT...]", nargs=-1)
    @click.option("--all", "all_", is_flag=True, help=say("cli.option_all"))
    @form_option
    @_store_options
    @click.option("--as-of", type=_Day(), metavar="YYYY-MM-DD", help=say("cli.option_as_of"))
    @_lang_option
    def forms_export(
        file: Path,
        accounts: tuple[str, ...],
        all_: bool,
        which: tuple[str, ...],
        workspace: Path,
        url: str | None,
        as_of: dt.date | None,
    ) -> int:
        from kamtools.forms import export_forms
        from kamtools.forms.judged import judged_forms
        from kamtools.store import open_store
        from kamtools.workspace import open_workspace

        names = _account_names(workspace)
        chosen = list(accounts) or (list(names) if all_ else _listed(workspace, as_of_day(as_of, workspace)))
        unknown = [a for a in chosen if a not in names]
        if unknown:
            allowed = ", ".join(list(names)[:20]) + (" …" if len(names) > 20 else "")
            raise KamError("forms.unknown_account", account=unknown[0], allowed=allowed)
        with open_store(url or workspace) as store:
            wanted = {a: names[a] for a in chosen}
            more = judged_forms(open_workspace(workspace).settings)
            return _finish(export_forms(store, wanted, file, current_language(), which or None, more))

    @forms.command("import", help=say("cli.forms_import"))
    @click.argument("file", metavar="FILE", type=_PATH)
    @_store_options
    @_who_option
    @click.option("--keep-mine", is_flag=True, help=say("cli.option_keep_mine"))
    @_lang_option
    def forms_import(file: Path, workspace: Path, url: str | None, who: str | None, keep_mine: bool) -> int:
        from kamtools.forms import import_forms
        from kamtools.forms.judged import judged_forms
        from kamtools.store import open_store
        from kamtools.workspace import open_workspace

        more = judged_forms(open_workspace(workspace).settings)
        with open_store(url or workspace) as store:
            at = dt.datetime.now(dt.UTC)
            return _finish(import_forms(store, file, who or user_name(), at, keep_mine=keep_mine, more=more))

    @forms.command("blanks", help=say("cli.forms_blanks"))
    @click.argument("directory", metavar="DIR", type=_PATH)
    @form_option
    @_lang_option
    def forms_blanks(directory: Path, which: tuple[str, ...]) -> int:
        from kamtools.forms import write_blanks

        written = write_blanks(directory, which=which or None)
        print(say("forms.blanks_done", count=len(written), folder=directory))
        return OK


def _account_names(workspace: Path) -> dict[str, str]:
    """Return the name of every account of a workspace, in the current language, sorted by id.

    Where there is no table of accounts, those of the ledger are all there are.
    """
    from kamtools.store import standing
    from kamtools.store.kinds import JUDGED
    from kamtools.workspace import Account, open_workspace, read_table

    opened = open_workspace(workspace)
    found: dict[str, str] = dict.fromkeys((r.account for r in standing(opened, JUDGED)), "")
    if not opened.has("accounts") and opened.has("ledger"):
        sold = read_table(opened, "ledger")["account"].dropna().unique()
        found |= dict.fromkeys(map(str, sold), "")
    if opened.has("accounts"):
        lang = current_language()
        for row in read_table(opened, "accounts").to_dict("records"):
            known = {k: v for k, v in row.items() if isinstance(v, str) and v}
            names = {k: known[k] for k in ("name_zh", "name_en") if k in known}
            found[known["account"]] = Account(account=known["account"], **names).name(lang)
    return dict(sorted(found.items()))


def _listed(workspace: Path, day: dt.date) -> list[str]:
    """Return the key accounts of a day; those that people rated where there is no list yet."""
    from kamtools.book.designations import listed_on
    from kamtools.store import standing
    from kamtools.store.kinds import DOSSIER, GRADING
    from kamtools.workspace import open_workspace

    opened = open_workspace(workspace)
    return sorted(listed_on(opened, day)) or sorted({r.account for r in standing(opened, (DOSSIER, GRADING))})


def lab_command(root: Path, lang: str) -> list[str]:
    """Return the command that opens JupyterLab on the first notebook under `root`, in `lang`.

    Raises
    ------
    KamError
        ``cli.no_notebooks`` where `root` is not the project's folder.
    """
    folder = root / "notebooks" / lang
    first = next((n for n in ("00_start", "02_identification") if (folder / f"{n}.ipynb").exists()), None)
    if first is None:
        raise KamError("cli.no_notebooks", folder=root)
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.app_settings_dir={root / '.jupyter' / lang}",
        f"--LabApp.default_url=/lab/tree/notebooks/{lang}/{first}.ipynb",
    ]


def _draft(draft: Any, to: Path | None) -> int:
    text = draft.text()
    if to is None:
        print(text)
        return OK
    try:
        with to.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise KamError("cli.file_exists", file=to) from None
    print(say("cli.draft_done", file=to))
    if draft.open:
        print(say("cli.draft_questions", count=len(draft.open)))
    for question in draft.open:
        print(f"  {'.'.join(question.place)}: {question.text()}")
    return OK
