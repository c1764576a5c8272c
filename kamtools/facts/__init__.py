"""The heavy pass: the ledger reduced once, by SQL, to small frames."""

from kamtools.facts.reduction import Facts, last_complete_month, load_facts

__all__ = ["Facts", "last_complete_month", "load_facts"]
