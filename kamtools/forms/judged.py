"""What people judge of an account, as forms for a workbook: its ratings, its potential, the terms it asks for.

The criteria are the company's own, so their form is made from its settings.
It stands beside the forms of the course and is none of them: it has no page in
the course, and no blank to print.
"""

from __future__ import annotations

from dataclasses import dataclass

from kamtools.forms.definitions import Field, Form
from kamtools.store.kinds import DOSSIER, GRADING, HIGH, LOW
from kamtools.words import current_language, say
from kamtools.workspace.settings import Settings


@dataclass(frozen=True)
class JudgedField(Field):
    """A field whose name is the company's, or stands beside the messages of the forms; `names` by language."""

    names: tuple[tuple[str, str], ...] = ()

    def label(self, lang: str | None = None) -> str:
        """Return what it is called."""
        names = dict(self.names)
        return names[lang or current_language()] if names else say("forms.judged", lang, self.key)

    def help(self, lang: str | None = None) -> str:
        """Return what to write."""
        return say("forms.judged_help", lang, self.key)


@dataclass(frozen=True)
class JudgedForm(Form):
    """A form of what people judge."""

    def title(self, lang: str | None = None) -> str:
        """Return what it is called."""
        return say("forms.judged", lang, self.id)

    def help(self, lang: str | None = None) -> str:
        """Return how it is filled."""
        return say("forms.judged_help", lang, self.id)


def judged_forms(settings: Settings) -> tuple[Form, ...]:
    """Return the forms of what people judge: ratings by the criteria of the settings, and the rest.

    Examples
    --------
    >>> from kamtools.workspace.settings import Criterion
    >>> relation = Criterion(id="relationship", name_zh="客情", name_en="Relationship", axis="strength", weight=1)
    >>> settings = Settings.model_construct(criteria=(relation,))
    >>> [(f.id, [x.id for x in f.fields]) for f in judged_forms(settings)]
    [('grading', ['relationship']), ('dossier', ['potential', 'terms_asked', 'notes'])]
    """
    rated = tuple(
        JudgedField(
            c.id,
            "number",
            "rating",
            low=LOW,
            high=HIGH,
            item="2.B",
            names=(("zh", c.name_zh), ("en", c.name_en)),
        )
        for c in settings.criteria
        if c.measure is None
    )
    dossier = (
        JudgedField("potential", "number", "potential", low=0, item="2.B"),
        JudgedField("terms_asked", "text", "terms_asked", item="2.H", lines=2),
        JudgedField("notes", "text", "notes", item="2.B", lines=2),
    )
    forms = [JudgedForm(GRADING, ("2.B",), "landscape", rated)] if rated else []
    return (*forms, JudgedForm(DOSSIER, ("2.B",), "landscape", dossier))
