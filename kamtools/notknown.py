"""What the rooms raise where the data cannot bear a conclusion."""

from __future__ import annotations


class NotKnown(ValueError):
    """Something cannot be said because of what the data are: too few, missing, or such that it is not defined.

    The rooms of the course raise it on purpose, with the reason for whoever
    reads the code; pages turn it, and nothing else, into a sentence. A bad
    argument is a plain ``ValueError``: a fault of the program, and never shown
    as a lack of data.

    Examples
    --------
    >>> from kamtools.finance import dso
    >>> try:
    ...     dso(open=100, sales=0, days=365)
    ... except NotKnown as reason:
    ...     print(reason)
    sales: expected above zero, got 0
    """
