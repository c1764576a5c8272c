"""What customers say and what they give us of their spend: net promoter score, share of wallet."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kamtools.identification.values import Note, number
from kamtools.notknown import NotKnown

FEW = 5


@dataclass(frozen=True)
class Nps:
    """Net promoter score in points (−100 to 100), number of answers, standard error in points."""

    score: float
    n: int
    standard_error: float
    warnings: tuple[Note, ...] = ()


def _count(value: float, name: str) -> int:
    read = number(value, name)
    if read < 0 or read != int(read):
        raise ValueError(f"{name}: expected a count, got {value!r}")
    return int(read)


def net_promoter_score(promoters: int, passives: int, detractors: int) -> Nps:
    """Return the net promoter score: per cent that answer 9–10 less per cent that answer 0–6.

    Parameters
    ----------
    promoters, passives, detractors
        Numbers of answers 9–10, 7–8 and 0–6. Who did not answer is not counted.

    Returns
    -------
    Nps
        ``standard_error`` is √(p + d − (p − d)²) ÷ √n, in points like the
        score. Below 5 answers ``warnings`` holds the note ``few_answers``.

    Raises
    ------
    ValueError
        A number that is no count, or no answer at all.

    Examples
    --------
    >>> result = net_promoter_score(60, 30, 10)
    >>> result.score, result.n, round(result.standard_error, 2), result.warnings
    (50.0, 100, 6.71, ())
    >>> net_promoter_score(2, 1, 1).warnings[0].key
    'few_answers'
    """
    counts = {"promoters": promoters, "passives": passives, "detractors": detractors}
    read = {name: _count(value, name) for name, value in counts.items()}
    n = sum(read.values())
    if n == 0:
        raise NotKnown(f"promoters: no answers in {counts!r}")
    p, d = read["promoters"] / n, read["detractors"] / n
    spread = math.sqrt(max(p + d - (p - d) ** 2, 0.0)) / math.sqrt(n)
    notes = (Note("few_answers", {"n": n, "least": FEW}),) if n < FEW else ()
    return Nps(100 * (read["promoters"] - read["detractors"]) / n, n, 100 * spread, notes)


def share_of_wallet(own: float, total: float) -> float:
    """Return what we sell to a customer as a part of all it spends on the category.

    Raises
    ------
    ValueError
        A spend that is not above zero, own sales below zero or above the spend.

    Examples
    --------
    >>> share_of_wallet(30, 120)
    0.25
    """
    mine, spend = number(own, "own"), number(total, "total")
    if spend <= 0:
        raise NotKnown(f"total: expected a spend above zero, got {total!r}")
    if mine < 0 or mine > spend:
        raise NotKnown(f"own: expected between 0 and the total {total!r}, got {own!r}")
    return mine / spend


def wallet_allocation(rank: float, brands: int) -> float:
    """Return the share of wallet that a brand's rank predicts: (1 − rank ÷ (n + 1)) × 2 ÷ n.

    Parameters
    ----------
    rank
        1 is the brand liked best. Brands that are liked alike share their
        ranks: two firsts have 1.5 each.
    brands
        Number of brands that the customer uses.

    Notes
    -----
    The Wallet Allocation Rule. Its close fit to data is largely mechanical:
    shares sorted by rank fall in this way whatever the reason. Use it where no spend is known.

    Raises
    ------
    ValueError
        Fewer than one brand, or a rank outside 1 to `brands`.

    Examples
    --------
    >>> [round(wallet_allocation(rank, 3), 4) for rank in (1, 2, 3)]
    [0.5, 0.3333, 0.1667]
    """
    n, place = _count(brands, "brands"), number(rank, "rank")
    if n < 1:
        raise ValueError(f"brands: expected at least 1, got {brands!r}")
    if not 1 <= place <= n:
        raise ValueError(f"rank: expected 1 to {n}, got {rank!r}")
    return (1 - place / (n + 1)) * 2 / n
