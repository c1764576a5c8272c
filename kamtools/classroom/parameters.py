"""The parameters of a notebook: literals only, ``name: type = value  # help``, and checks of given ones."""

from __future__ import annotations

import ast
import difflib
import io
import tokenize
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kamtools.errors import KamError


class Parameter(NamedTuple):
    """One parameter of a notebook."""

    name: str
    type: str
    default: object
    help: str


def parse_parameters(source: str) -> list[Parameter]:
    """Read the parameters out of the source text of a parameters cell.

    Parameters
    ----------
    source : str
        Lines ``name: type = value  # help``; the value a literal.

    Raises
    ------
    ValueError
        Where a statement is anything else.

    Examples
    --------
    >>> parse_parameters('account: str = "A001"  # the account')
    [Parameter(name='account', type='str', default='A001', help='the account')]
    """
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    parameters = []
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value):
            raise ValueError(f"line {node.lineno} is not name: type = value: {ast.unparse(node)}")
        parameters.append(
            Parameter(
                node.target.id,
                ast.unparse(node.annotation),
                ast.literal_eval(node.value),
                comments.get(node.end_lineno or node.lineno, ""),
            )
        )
    return parameters


def notebook_parameters(notebook: Any) -> list[Parameter]:
    """Return the parameters of a notebook: those of its cell tagged ``parameters``.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A notebook, for example from :func:`kamtools.classroom.edition`.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return parse_parameters(cell.source)
    return []


def check_names(given: Iterable[str], allowed: Iterable[str]) -> None:
    """Raise ``KamError`` at the first name in `given` that is not allowed, with the nearest one named.

    Examples
    --------
    >>> check_names(["account"], ["account", "lang"])
    >>> check_names(["acount"], ["account", "lang"])
    Traceback (most recent call last):
    ...
    kamtools.errors.KamError: ...
    """
    allowed = list(allowed)
    for name in given:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.6)
            key = "classroom.unknown_parameter_near" if near else "classroom.unknown_parameter"
            raise KamError(key, name=name, near=near[0] if near else "", allowed=", ".join(allowed))


_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}


def check_parameters(notebook: Any, given: Mapping[str, object]) -> None:
    """Check parameters against a notebook before anything runs.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    given : mapping of str to object
        What is to be passed.

    Raises
    ------
    KamError
        For a name the notebook does not have (the allowed ones and the
        nearest are named) or a value of another type.
    """
    parameters = {p.name: p for p in notebook_parameters(notebook)}
    check_names(given, parameters)
    for name, value in given.items():
        expected = parameters[name].type
        types = _TYPES.get(expected)
        wrong_bool = isinstance(value, bool) and expected != "bool"
        if types and (wrong_bool or not isinstance(value, types)):
            raise KamError("classroom.parameter_type", name=name, value=repr(value), type=expected)
