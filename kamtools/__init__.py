"""Key account management: from a company's ledger to a book for every key account.

Each room has one job; see ``docs/architecture.md``. Importing this package
imports nothing else.
"""

__version__ = "0.3.0"
