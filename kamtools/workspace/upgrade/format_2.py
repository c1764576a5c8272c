"""From format 2: ratings, the key account list and answers stood in files of their own, and now stand in the store.

Format 2, and packs of format 1, had ``dossiers/<slug>.yml`` (ratings of an
account, its potential, the terms it asks for, notes), ``designations.csv`` (a
row for each account and change) and ``answers/answers.json`` (answers to
exercises, and ratings tried in the grading form). Nothing said who wrote them:
the name of the file stands in the history, with the time of its last change.

Words go over as plain data: account, form, who, at, and fields as
``{"value", "source", "date", "status"}``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kamtools.errors import KamError
from kamtools.workspace.csvtext import first_error, read_rows, write_atomic
from kamtools.workspace.findings import Finding
from kamtools.workspace.ids import slug
from kamtools.workspace.transaction import Change
from kamtools.workspace.yamltext import check_model

BROUGHT = "words.json"  # in the workspace: words that the store takes in when it is next opened
DOSSIERS, DESIGNATIONS, ANSWERS = "dossiers", "designations.csv", "answers/answers.json"
FORMS = ("grading", "dossier", "designation")
EXERCISE = "exercise."
TRIED = "exercise.grading"  # ratings that a person tried and no figure stood on
Words = list[dict[str, Any]]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Rating(_Model):
    criterion: str
    value: Annotated[float, Field(ge=1, le=5)]
    source: str = ""
    date: dt.date | None = None
    status: Literal["assumed", "confirmed"] = "assumed"


class _Dossier(_Model):
    account: str
    ratings: tuple[_Rating, ...] = ()
    potential: Annotated[float, Field(ge=0)] | None = None
    potential_source: str = ""
    terms_asked: str = ""
    notes: str = ""


def files(root: Path) -> list[Path]:
    """Return the files that :func:`convert` drops."""
    found = [*sorted((root / DOSSIERS).glob("*.yml")), root / DESIGNATIONS, root / ANSWERS]
    return [path for path in found if path.is_file()]


def is_converted(name: str) -> bool:
    """Tell whether a file of format 2 is one of those that :func:`convert` drops."""
    return name in (DESIGNATIONS, ANSWERS) or re.fullmatch(r"dossiers/[^/]+\.yml", name) is not None


def words(root: Path) -> Words:
    """Return what stands in the dossiers and in the key account list.

    Raises
    ------
    KamError
        At the first thing that is wrong in them: with file, line and value.
    """
    found, faults = read(root)
    first_error(faults)
    return found


def read(root: Path) -> tuple[Words, list[Finding]]:
    """Return what stands in the dossiers and in the key account list, and all that is wrong there."""
    found, faults = _dossiers(root)
    listed, more = _designations(root)
    return [*found, *listed], [*faults, *more]


def answers(path: Path, name: str, person: str, only: bool = False) -> Words:
    """Return the answers to exercises, and the ratings that were tried, as those of one person.

    Parameters
    ----------
    path : Path
        ``answers.json``; where it is not there, nothing was answered.
    name : str
        Of the folder of the workspace: its answers go before those of another name, which it had once.
    person : str
        Format 2 did not say who answered.
    only : bool
        Nothing of another name: the file holds answers for several packs.

    Raises
    ------
    KamError
        ``workspace.upgrade_unreadable``.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))["workspaces"]
        at = _time(path)
        kept: dict[tuple[str, str], Any] = {}
        for place in [*(n for n in said if n != name and not only), *(n for n in said if n == name)]:
            for account, kinds in said[place].items():
                for exercise, answer in kinds.get("exercises", {}).items():
                    kept[account, EXERCISE + exercise] = answer
                if tried := kinds.get("ratings"):
                    kept[account, TRIED] = dict(tried)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KamError("workspace.upgrade_unreadable", path=path, detail=repr(error)) from None
    return [
        _written(account, form, {person: _field(value)}, person, at)
        for (account, form), value in sorted(kept.items())
    ]


def convert(root: Path, change: Change, person: str) -> tuple[str, ...]:
    """Write aside what the store is to take in, and drop the files in which it stood.

    Returns
    -------
    tuple of str
        The files written aside; none where nobody wrote anything.
    """
    found = [*words(root), *answers(root / ANSWERS, root.resolve().name, person)]
    for path in files(root):
        change.drop(path.relative_to(root).as_posix())
    if not found:
        return ()
    change.aside(BROUGHT).write_bytes(_text(found))
    return (BROUGHT,)


def bring_over(source: Path, target: Path) -> None:
    """Have a workspace made from one of format 2, or from such a pack, take in its ratings and its list."""
    if found := words(source):
        write_atomic(target / BROUGHT, _text(found))


def _text(found: Words) -> bytes:
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def _dossiers(root: Path) -> tuple[Words, list[Finding]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    faults: list[Finding] = []
    for path in sorted((root / DOSSIERS).glob("*.yml")):
        file = f"{DOSSIERS}/{path.name}"
        dossier, wrong = check_model(path, _Dossier, file)
        faults += wrong
        if dossier is None:
            continue
        expected = f"{slug(dossier.account)}.yml" if dossier.account else "–"
        if path.name != expected:
            params: dict[str, object] = {"allowed": expected}
            faults.append(Finding("error", file, 1, "account", dossier.account, "dossier_name", params))
            continue
        rated: dict[str, Any] = {}
        for rating in dossier.ratings:
            if rating.criterion in rated:
                faults.append(Finding("error", file, None, "criterion", rating.criterion, "twice"))
            day = rating.date.isoformat() if rating.date else None
            rated[rating.criterion] = _field(rating.value, rating.source, day, rating.status)
        said: dict[str, Any] = {}
        if dossier.potential is not None or dossier.potential_source:
            said["potential"] = _field(dossier.potential, dossier.potential_source)
        said |= {n: _field(v) for n in ("terms_asked", "notes") if (v := getattr(dossier, n))}
        for form, fields in (("grading", rated), ("dossier", said)):
            if fields:
                found[dossier.account, form] = _written(dossier.account, form, fields, file, _time(path))
    return list(found.values()), faults


def _designations(root: Path) -> tuple[Words, list[Finding]]:
    path = root / DESIGNATIONS
    if not path.is_file():
        return [], []
    rows, faults = read_rows(path, DESIGNATIONS)
    if not rows.header:
        return [], faults
    for name in ("account", "since", "status"):
        if name not in rows.header:
            params: dict[str, object] = {"allowed": "account, since, status, reason, score, quadrant"}
            return [], [*faults, Finding("error", DESIGNATIONS, 1, name, "", "column_missing", params)]
    accounts: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    for line, cells in zip(rows.lines, rows.cells, strict=True):
        row = dict(zip(rows.header, cells, strict=True))
        account, since, status = row["account"], row["since"], row["status"]
        try:
            day = dt.date.fromisoformat(since).isoformat()
        except ValueError:
            faults.append(Finding("error", DESIGNATIONS, line, "since", since, "date"))
            continue
        if status not in ("entered", "kept", "left"):
            params = {"allowed": "entered, kept, left"}
            faults.append(Finding("error", DESIGNATIONS, line, "status", status, "not_allowed", params))
            continue
        if not account or day in accounts.get(account, {}):
            faults.append(
                Finding("error", DESIGNATIONS, line, "account", account, "twice" if account else "required")
            )
            continue
        places[day] = places.get(day, 0) + 1
        value = {"status": status, "place": places[day], **_why(row)}
        accounts.setdefault(account, {})[day] = _field(value, "", day, "confirmed")
    at = _time(path)
    found = [_written(a, "designation", fields, DESIGNATIONS, at) for a, fields in accounts.items()]
    return found, faults


def _why(row: dict[str, str]) -> dict[str, Any]:
    """Return reason, score and quadrant, those that the row has."""
    found: dict[str, Any] = {name: row[name] for name in ("reason", "quadrant") if row.get(name)}
    if score := row.get("score"):
        try:
            found["score"] = float(score)
        except ValueError:
            found["score"] = score
    return found


def _field(value: Any, source: str = "", day: str | None = None, status: str = "assumed") -> dict[str, Any]:
    return {"value": value, "source": source, "date": day, "status": status}


def _written(account: str, form: str, fields: dict[str, Any], who: str, at: str) -> dict[str, Any]:
    return {"account": account, "form": form, "who": who, "at": at, "fields": fields}


def _time(path: Path) -> str:
    return dt.datetime.fromtimestamp(int(path.stat().st_mtime), dt.UTC).isoformat()
