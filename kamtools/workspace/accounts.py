"""An account as its row in the accounts table has it."""

from __future__ import annotations

from kamtools.workspace.settings import Model


class Account(Model):
    """One row of the accounts table."""

    account: str
    name_zh: str | None = None
    name_en: str | None = None
    parent: str | None = None
    segment: str | None = None
    region: str | None = None
    owner: str | None = None  # the account manager

    def name(self, lang: str) -> str:
        """Return the name in `lang`, else in the other language, else the id.

        Examples
        --------
        >>> Account(account="00123", name_zh="华东连锁").name("en")
        '华东连锁'
        """
        first, second = (self.name_zh, self.name_en) if lang == "zh" else (self.name_en, self.name_zh)
        return first or second or self.account
