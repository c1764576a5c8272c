"""A form of an account in a notebook: filled by a person, or in a run over many accounts as it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamtools.forms import Drafts, Filling, Form, form_html
from kamtools.forms import form as find_form
from kamtools.user import user_name
from kamtools.words import say

if TYPE_CHECKING:
    from kamtools.book.portfolio import Book
    from kamtools.store import FieldValue, Record


def fill(id: str, book: Book) -> FilledForm:
    """Return a form of a book's account; shown by a notebook it is there to be filled.

    Parameters
    ----------
    id : str
        Of the form, for example ``"swot"``.
    book : Book

    Raises
    ------
    KamError
        For a form that there is not, with those that there are.
    """
    return FilledForm(find_form(id), book)


@dataclass(frozen=True)
class FilledForm:
    """One form of one account, as it stands in the store, ready to be filled."""

    form: Form
    book: Book

    @property
    def record(self) -> Record | None:
        """What is stored."""
        return self.book.knowing.records.get(self.form.id)

    @property
    def prefill(self) -> Mapping[str, FieldValue]:
        """What the ledger, and what people judged, say already."""
        from kamtools.book.prefill import prefill

        return prefill(self.book, self.form.id)

    def filling(self) -> Filling:
        """Return the form with what was typed and not saved."""
        from kamtools.store.reading import store_target

        portfolio, who = self.book.portfolio, user_name()
        workspace = portfolio.workspace
        target = store_target(workspace)
        form, account = self.form.id, self.book.account

        def save(fields: Mapping[str, FieldValue], version: int | None) -> Record:
            from kamtools.store import open_store

            with open_store(target) as store:
                return store.write(
                    account, form, fields, version=version, who=who, at=dt.datetime.now(dt.UTC)
                )

        return Filling(
            self.form,
            account,
            as_of=portfolio.as_of,
            record=self.record,
            prefill=self.prefill,
            save=None if workspace.read_only else save,
            drafts=Drafts(_drafts_folder(workspace)),
            who=who,
        )

    def widget(self) -> Any:
        """Return the form as a widget: classes ``kam-fill`` and ``kam-fill-<form>``."""
        from kamtools.forms.widget import FormWidget

        workspace = self.book.portfolio.workspace
        return FormWidget(
            self.filling(),
            self.book.lang,
            self.book.name,
            str(workspace.source),
            read_only="old_format" if workspace.is_old else "read_only",
        )

    def _repr_html_(self) -> str:
        """Return the static twin: what is stored, and what was filled in from elsewhere."""
        from kamtools.store.values import local_text

        record, lang = self.record, self.book.lang
        stands = say("forms.fill.new", lang)
        if record:
            at = local_text(record.changed_at)
            stands = say("forms.fill.stands", lang, version=record.version, who=record.changed_by, at=at)
        fields = {**self.prefill, **(record.fields if record else {})}
        return form_html(self.form, fields, lang, name=self.book.name, stands=stands)

    def __repr__(self) -> str:
        title, lang = self.form.title(self.book.lang), self.book.lang
        return say("forms.fill.title", lang, title=title, name=self.book.name)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if self.book.batch:
            return {"text/plain": repr(self), "text/html": self._repr_html_()}
        from kamtools.classroom.widgets import bundle

        return bundle(self.widget(), repr(self))


def _drafts_folder(workspace: Any) -> Path:
    """Return where unsaved words about a workspace are kept: in it, or for a pack in the work folder."""
    if not workspace.is_pack:
        return workspace.root / "answers" / "drafts"
    from kamtools.classroom.places import work_dir

    return work_dir() / "drafts" / Path(workspace.source).name
