"""Arithmetic over columns, written by a person, turned into SQL: nothing else can be said in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_TICKED = re.compile(r"`([^`]+)`")


class Formula:
    """A parsed formula: the columns it names, and its SQL.

    Column names are written as they are; names with spaces or signs stand
    between backticks, columns of a joined source after its name and a point.

    Raises
    ------
    ValueError
        Where the text is anything but numbers, columns, ``+ - * /`` and parentheses.

    Examples
    --------
    >>> f = Formula("UnitPrice * Quantity * (1 - `Discount %` / 100)")
    >>> f.columns
    ('UnitPrice', 'Quantity', 'Discount %')
    >>> f.sql(lambda c: f'"{c}"')
    '(("UnitPrice" * "Quantity") * (1.0 - ("Discount %" / nullif(100.0, 0))))'
    >>> Formula("__import__('os').getcwd()")
    Traceback (most recent call last):
    ...
    ValueError: Call
    """

    def __init__(self, text: str) -> None:
        self._ticked = _TICKED.findall(text)
        numbers = iter(range(len(self._ticked)))
        plain = _TICKED.sub(lambda _: f"_kam_{next(numbers)}_", text)
        if "\x00" in plain or len(plain) > 1000:
            raise ValueError(text[:60])
        try:
            self._tree = ast.parse(plain.strip(), mode="eval").body
        except SyntaxError as error:
            raise ValueError(str(error.msg)) from None
        found: dict[str, None] = {}
        self._walk(self._tree, lambda name: found.setdefault(name) or "")
        self.columns = tuple(found)
        if not found:
            raise ValueError(text)

    def sql(self, column: Callable[[str], str]) -> str:
        """Return the formula as SQL, each column name through `column`; dividing by zero gives NULL."""
        return self._walk(self._tree, column)

    def _walk(self, node: ast.expr, column: Callable[[str], str]) -> str:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            left, right = self._walk(node.left, column), self._walk(node.right, column)
            sign = _OPERATORS[type(node.op)]
            return f"({left} {sign} {f'nullif({right}, 0)' if sign == '/' else right})"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            sign = "-" if isinstance(node.op, ast.USub) else ""
            return f"({sign}{self._walk(node.operand, column)})"
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return repr(float(node.value))  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return column(self._name(node.id))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return column(f"{self._name(node.value.id)}.{self._name(node.attr)}")
        raise ValueError(type(node).__name__)

    def _name(self, text: str) -> str:
        match = re.fullmatch(r"_kam_(\d+)_", text)
        return self._ticked[int(match[1])] if match else text
