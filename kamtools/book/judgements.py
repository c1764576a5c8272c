"""What people judged of all accounts, as it stands in the store: ratings, potential, the key account list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kamtools.store import FieldValue, Record, standing
from kamtools.store.kinds import DESIGNATION, DOSSIER, GRADING, JUDGED, number_of, rating_of
from kamtools.store.values import fields_json

if TYPE_CHECKING:
    from kamtools.workspace import Workspace


def judgements_of(workspace: Workspace) -> Judgements:
    """Return what people judged, as it stands now."""
    return Judgements(tuple(standing(workspace, JUDGED)))


@dataclass(frozen=True, eq=False)
class Judgements:
    """What people judged of all accounts.

    Parameters
    ----------
    records : tuple of Record
        Of the forms in :data:`kamtools.store.kinds.JUDGED`.
    """

    records: tuple[Record, ...]

    @cached_property
    def state(self) -> str:
        """Hash of every word: equal where nothing changed."""
        return hash_of(self.records)

    @cached_property
    def gradings(self) -> dict[str, Mapping[str, FieldValue]]:
        """Account -> criterion -> the rating with its source, date and status."""
        return {r.account: r.fields for r in self._of(GRADING)}

    def rating(self, account: str, criterion: str) -> float | None:
        """Return the rating of an account, None where it is not rated."""
        return rating_of(self.gradings.get(account, {}).get(criterion))

    @cached_property
    def potential(self) -> dict[str, float]:
        """Account -> yearly sales expected in three years, of the accounts where somebody said so."""
        found = {r.account: number_of(r.fields.get("potential")) for r in self._of(DOSSIER)}
        return {a: v for a, v in found.items() if v is not None and v >= 0}

    @cached_property
    def terms_asked(self) -> dict[str, str]:
        """Account -> the terms that it asks for."""
        found = {r.account: r.fields.get("terms_asked") for r in self._of(DOSSIER)}
        return {a: f.value for a, f in found.items() if f and isinstance(f.value, str) and f.value}

    @cached_property
    def designations(self) -> list[Record]:
        """The records of the key account list."""
        return list(self._of(DESIGNATION))

    def _of(self, form: str) -> Iterable[Record]:
        return (r for r in self.records if r.form == form)


def hash_of(records: Iterable[Record]) -> str:
    """Return the hash of what records say, whoever wrote it and when."""
    digest = hashlib.sha256()
    for record in sorted(records, key=lambda r: (r.form, r.account)):
        fields = fields_json(dict(sorted(record.fields.items())))
        digest.update(json.dumps([record.form, record.account, fields]).encode())
    return digest.hexdigest()
