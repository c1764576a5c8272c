"""The rows behind a line of the P&L, chosen with two lists: which line, which month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kamtools.words import say

if TYPE_CHECKING:
    import pandas as pd

    from kamtools.book.portfolio import Book

LINES = (
    "a_and_p",
    "off_invoice_performance",
    "off_invoice_promotional",
    "consumer_promotion",
    "list_sales",
    "invoiced_sales",
    "cost_of_goods",
    "cost_to_serve",
)
MONTHS = 24


@dataclass(frozen=True)
class Behind:
    """The chooser over an account; shown by a notebook it is a widget, in a batch the A&P of the last month."""

    book: Book

    @property
    def months(self) -> tuple[str, ...]:
        """The whole months that can be chosen, the newest first."""
        import pandas as pd

        last = self.book.money.own.last
        first = max(pd.Period(self.book.portfolio.facts.first_month, freq="M"), last - (MONTHS - 1))
        return tuple(str(m) for m in pd.period_range(first, last, freq="M")[::-1])

    def rows(self, line: str, month: str) -> pd.DataFrame:
        """Return the rows behind a line in a month."""
        import pandas as pd

        return self.book.money.profit.drill(line, pd.Period(month, freq="M"))

    def page(self, line: str, month: str) -> str:
        """Return them as a table."""
        from kamtools import show

        return show.tables.rows_behind(self.rows(line, month), line, self.book.context).html()

    def widget(self) -> Any:
        """Return the widget: two lists and the table (classes ``kam-behind``, ``kam-behind-line``, ``kam-behind-month``)."""
        import ipywidgets as w

        from kamtools import show

        lang, context = self.book.lang, self.book.context
        made = []
        for name, options in (
            ("line", [(context.term(line), line) for line in LINES]),
            ("month", [(show.month(month, context), month) for month in self.months]),
        ):
            pick = w.Dropdown(
                options=options,
                description=say("classroom.behind", lang, name),
                style={"description_width": "initial"},
                layout={"width": "max-content"},
            )
            pick.add_class(f"kam-behind-{name}")
            made.append(pick)
        line, month = made
        table = w.HTML(self.page(line.value, month.value))

        def choose(_: Any) -> None:
            table.value = self.page(line.value, month.value)

        for pick in made:
            pick.observe(choose, names="value")
        box = w.VBox([w.HBox(made, layout={"flex_flow": "row wrap"}), table])
        box.add_class("kam-behind")
        return box

    def __repr__(self) -> str:
        return f"{LINES[0]} {self.months[0]}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if not self.book.batch:
            return self.widget()._repr_mimebundle_() or {}
        return {"text/plain": repr(self), "text/html": self.page(LINES[0], self.months[0])}


def behind(book: Book) -> Behind:
    """Return the chooser of the rows behind a line of the P&L."""
    return Behind(book)
