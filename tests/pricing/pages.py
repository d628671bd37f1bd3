"""The worked examples of ``worked/*.md``: what is given, what is expected, and the arithmetic shown."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from sfa.money import to_micros, to_minor
from sfa.pricing.document import Document, Line
from sfa.terms import LineKind, Rounding, TaxMode, TaxRounding

PAGES = sorted((Path(__file__).parent / "worked").glob("*.md"))
Row = dict[str, str]

_OPERATORS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class Example:
    title: str
    document: Document
    expected: list[Row]
    facts: dict[str, str]
    arithmetic: list[str]


def examples() -> list[Example]:
    """Return every example of every page."""
    return [
        _example(section) for page in PAGES for section in re.split(r"(?m)^## ", page.read_text("utf-8"))[1:]
    ]


def _example(section: str) -> Example:
    title, _, rest = section.partition("\n")
    rows = rest.splitlines()
    given = next(row.removeprefix("Given: ") for row in rows if row.startswith("Given: "))
    tables = [_table(block) for block in re.findall(r"(?m)(?:^\|.*\n)+", rest)]
    facts = dict(row[2:].split(": ", 1) for row in rows if row.startswith("- "))
    return Example(
        title,
        _document(given.split("; "), tables[0]),
        tables[1],
        facts,
        [row.strip() for row in rows if row.startswith("    ")],
    )


def _table(block: str) -> list[Row]:
    head, _, *rows = [
        [cell.strip() for cell in row.strip().strip("|").split("|")] for row in block.splitlines()
    ]
    return [dict(zip(head, row, strict=True)) for row in rows]


def _document(given: list[str], rows: list[Row]) -> Document:
    currency, mode, tax_rounding, *others = given
    values: Row = dict(other.split(" ", 1) for other in others)
    assert set(values) <= {"discount", "rounding", "step"}, values
    step, _, cash_rounding = values.get("step", "0").partition(" ")
    ppm, minor = _discount(values.get("discount", ""), currency)
    return Document(
        currency=currency,
        lines=tuple(_line(row, currency) for row in rows),
        discount_ppm=ppm,
        discount_minor=minor,
        tax_mode=TaxMode(mode),
        tax_rounding=TaxRounding(tax_rounding.replace(" ", "-")),
        rounding=Rounding(values.get("rounding", "half-up")),
        cash_step_minor=to_minor(Decimal(step), currency),
        cash_rounding=Rounding(cash_rounding or "half-up"),
    )


def _line(row: Row, currency: str) -> Line:
    ppm, minor = _discount(row.get("discount", ""), currency)
    return Line(
        key=row["line"],
        kind=LineKind(row.get("kind") or "product"),
        quantity_milli=int(Decimal(row["quantity"] or 1) * 1000),
        unit_price_micros=to_micros(Decimal(row.get("price") or 0)),
        discount_ppm=ppm,
        discount_minor=minor,
        tax_rate_ppm=_ppm(row.get("tax") or "0 %"),
        list_price_micros=to_micros(Decimal(row["book"])) if row.get("book") else None,
        unit_cost_micros=to_micros(Decimal(row["cost"])) if row.get("cost") else None,
        is_optional=row.get("optional") == "yes",
        alternative_of=row.get("alternative") or None,
        is_taken=row.get("taken") == "yes",
        group=row.get("group") or None,
    )


def _discount(text: str, currency: str) -> tuple[int, int]:
    if text.endswith("%"):
        return _ppm(text), 0
    return 0, to_minor(Decimal(text or 0), currency)


def _ppm(text: str) -> int:
    number = Decimal(text.removesuffix("%").strip()) * 10_000
    assert number == int(number), text
    return int(number)


def steps(arithmetic: str) -> list[tuple[str, str, str]]:
    """Return the (left, sign, right) of a chain such as ``a: 3 × 1.15 = 3.45 → 3``."""
    chain = re.split(r" ([=→]) ", re.sub(r"^.*: ", "", arithmetic))
    return [(chain[at], chain[at + 1], chain[at + 2]) for at in range(0, len(chain) - 2, 2)]


def value(expression: str) -> Fraction:
    """Return the exact value of an expression as the pages write it."""
    plain = re.sub(r"([0-9.]+) %", r"(\1/100)", expression).replace("×", "*")
    exact = re.sub(r"[0-9]+(?:\.[0-9]+)?", lambda found: f"'{found.group()}'", plain)
    return _evaluated(ast.parse(exact, mode="eval").body)


def _evaluated(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp):
        assert isinstance(node.op, ast.USub)
        return -_evaluated(node.operand)
    assert isinstance(node, ast.BinOp), ast.dump(node)
    return _OPERATORS[type(node.op)](_evaluated(node.left), _evaluated(node.right))
