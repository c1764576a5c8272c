"""The one error type that a person is meant to read.

An error is a key of the message table with its parameters, so that it can be
said in Chinese or English. ``str(error)`` gives the text in the current
language.
"""

from __future__ import annotations


class KamError(Exception):
    """What went wrong, where, what is allowed and what to do.

    Parameters
    ----------
    key : str
        Key in ``kamtools/words/messages/*.toml``, for example
        ``"workspace.unknown_account"``.
    *ids
        Which of a family of messages.
    **params
        Values that the message names (the bad value, file, row, column,
        allowed values).

    Examples
    --------
    >>> error = KamError("words.unknown_language", lang="fr", allowed="en, zh")
    >>> error.key, error.params["lang"]
    ('words.unknown_language', 'fr')
    """

    def __init__(self, key: str, /, *ids: str, **params: object) -> None:
        key = ".".join((key, *ids))
        super().__init__(key, params)
        self.key = key
        self.params = params

    def text(self, lang: str | None = None) -> str:
        """Return the message in `lang` (``zh`` or ``en``; default: the current language), without passwords."""
        from kamtools.words import say
        from kamtools.words.masking import without_passwords

        return without_passwords(say(self.key, lang, **self.params))

    def __str__(self) -> str:
        return self.text()
