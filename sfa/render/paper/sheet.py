"""A paper in words: every text as it stands on it, once for all formats.

The formats lay it out and say nothing of their own. A text here is already in the paper's
language; a cell holds several texts, one below the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from sfa.render import dates, numbers
from sfa.render.paper.characters import mapped, visible
from sfa.render.paper.columns import COLUMNS, amount_text, percent_text, share_text
from sfa.render.paper.document import (
    Group,
    Kind,
    Line,
    Look,
    Paper,
    Party,
    Person,
    Tax,
    Tongue,
    TotalKind,
    Variant,
)
from sfa.render.paper.labels import Labels
from sfa.render.paper.places import filled_lines, places_of

if TYPE_CHECKING:
    from sfa.render.paper.templates import Template


class Tone(Enum):
    """How loud a text is."""

    PLAIN = 0
    STRONG = 1
    QUIET = 2


class Said(NamedTuple):
    """A text and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


Cell = tuple[Said, ...]


class RowKind(Enum):
    """What a row of the table is."""

    GROUP = 0
    LINE = 1
    SUBTOTAL = 2


class Head(NamedTuple):
    """A column's name, its label by language, whether figures stand in it."""

    name: str
    label: tuple[str, ...]
    is_figure: bool


class Row(NamedTuple):
    """A row: a group's title (one cell), a line, or what a group comes to."""

    kind: RowKind
    cells: tuple[Cell, ...]
    line: Line | None = None
    group: Group | None = None


class Amount(NamedTuple):
    """A row of the totals."""

    label: tuple[str, ...]
    text: str
    is_grand: bool
    minor: int | None


class Fact(NamedTuple):
    """A label and what stands behind it."""

    name: str
    label: str
    text: str


class Side(NamedTuple):
    """Who a paper is from or for: a label, the name, further lines."""

    label: str
    name: tuple[str, ...]
    lines: tuple[str, ...]


class Section(NamedTuple):
    """A titled text."""

    title: str
    texts: tuple[str, ...]


class Signing(NamedTuple):
    """A place to sign: the company, who signs, and the labels of signature, stamp and date."""

    company: tuple[str, ...]
    who: str
    signature: str
    stamp: str
    date: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is to be read on a paper."""

    title: tuple[str, ...]
    marks: tuple[str, ...]
    draft_lines: tuple[str, ...]
    number: str
    facts: tuple[Fact, ...]
    sides: tuple[Side, ...]
    introduction: tuple[str, ...]
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    totals: tuple[Amount, ...]
    words: tuple[str, str] | None
    tax_heads: tuple[tuple[str, ...], ...]
    taxes: tuple[tuple[str, ...], ...]
    terms: tuple[Section, ...]
    terms_title: str
    notes: Section | None
    internal_notes: Section | None
    approval: str
    signings: tuple[Signing, ...]
    footer: str
    page_label: tuple[str, ...]


def sheet_of(paper: Paper, look: Look, template: Template) -> Sheet:
    """Return a paper in words, as the look and the template want it."""
    return _Writer(mapped(paper, visible), look, template).sheet()


class _Writer:
    """One paper while it is put into words."""

    def __init__(self, paper: Paper, look: Look, template: Template) -> None:
        self.paper = paper
        self.look = look
        self.template = template
        self.labels = Labels(look.tongue, template.labels)
        self.is_priced = look.variant is not Variant.WAREHOUSE
        self.is_internal = look.variant is Variant.INTERNAL
        self.columns = tuple(self.shown_columns())

    def sheet(self) -> Sheet:
        paper, labels = self.paper, self.labels
        key = "title_warehouse" if not self.is_priced else f"title_{paper.kind}"
        return Sheet(
            title=labels.lines(key),
            marks=tuple(self.marks()),
            draft_lines=labels.lines("draft") if paper.is_draft else (),
            number=paper.number,
            facts=tuple(self.facts()),
            sides=tuple(self.sides()),
            introduction=self.company_text(
                "introduction" if paper.kind is Kind.QUOTE else "order_introduction"
            ),
            heads=self.heads(),
            rows=tuple(self.rows()),
            totals=tuple(self.totals()) if self.is_priced else (),
            words=self.words(),
            tax_heads=tuple(labels.lines(each) for each in ("tax_rate", "tax_base", "tax")),
            taxes=tuple(map(self.tax, paper.taxes)) if self.is_priced else (),
            terms=tuple(
                Section(labels.said(term.title), term.text.said(self.look.tongue)) for term in paper.terms
            )
            if self.is_priced
            else (),
            terms_title=labels.one("terms"),
            notes=self.section("notes", paper.notes.said(self.look.tongue)),
            internal_notes=self.section(
                "internal_notes", (paper.internal_notes,) if self.is_internal else ()
            ),
            approval=self.approval(),
            signings=tuple(self.signings()) if self.is_priced else (),
            footer=" · ".join(self.company_text("footer")),
            page_label=labels.lines("page"),
        )

    def marks(self) -> Iterator[str]:
        if self.is_internal:
            yield self.labels.one("internal")
        if self.paper.is_draft:
            yield self.labels.one("draft")

    def facts(self) -> Iterator[Fact]:
        paper, labels = self.paper, self.labels
        known = {
            "number": paper.number,
            "revision": str(paper.revision) if paper.revision else "",
            "state": labels.said(paper.state),
            "issued_on": dates.day(paper.issued_on),
            "valid_until": dates.day(paper.valid_until) if paper.valid_until else "",
            "promised_on": dates.day(paper.promised_on) if paper.promised_on else "",
            "quote_number": paper.quote_number,
            "contract_number": paper.contract_number,
            "currency": paper.currency if self.is_priced else "",
            "subject": labels.said(paper.subject),
        }
        for name in self.template.facts:
            if known[name]:
                yield Fact(name, labels.one(name), known[name])

    def sides(self) -> Iterator[Side]:
        paper = self.paper
        yield self.side("seller", paper.seller, "prepared_by", paper.prepared_by)
        yield self.side("customer", paper.customer, "contact", paper.contact)

    def side(self, key: str, party: Party, person_key: str, person: Person | None) -> Side:
        labels = self.labels
        lines = [
            *party.address.said(self.look.tongue),
            *(
                f"{labels.one(name)} {getattr(party, name)}"
                for name in ("tax_id", "phone")
                if getattr(party, name)
            ),
            "  ".join(each for each in (party.email, party.website) if each),
        ]
        if person is not None:
            who = labels.said(person.name)
            title = labels.said(person.title)
            lines += [
                f"{labels.one(person_key)} {who}" + (f" ({title})" if title else ""),
                "  ".join(each for each in (person.phone, person.email) if each),
            ]
        if self.is_priced and party.bank:
            lines += [f"{labels.one('bank')}:", *party.bank]
        return Side(labels.one(key), party.name.said(self.look.tongue), tuple(each for each in lines if each))

    def shown_columns(self) -> Iterator[str]:
        """Yield the columns; where prices hold the tax, so does the amount that stands beside them."""
        names = self.template.columns[self.look.variant]
        for name in names:
            if name == "net" and self.paper.prices_hold_tax and "gross" not in names:
                yield "gross"
                if not self.is_internal:
                    continue
            yield name

    def heads(self) -> tuple[Head, ...]:
        return tuple(Head(name, self.head(name), COLUMNS[name].is_figure) for name in self.columns)

    def head(self, name: str) -> tuple[str, ...]:
        holds_tax = name == "unit_price" and self.paper.prices_hold_tax
        return self.labels.lines("unit_price_with_tax" if holds_tax else name)

    def rows(self) -> Iterator[Row]:
        for group in self.paper.groups:
            title = self.labels.said(group.title)
            if title:
                yield Row(RowKind.GROUP, ((Said(title, Tone.STRONG),),), group=group)
            for line in group.lines:
                yield Row(RowKind.LINE, tuple(self.cell(name, line) for name in self.columns), line)
            if group.subtotal is not None and self.is_priced:
                yield Row(RowKind.SUBTOTAL, tuple(self.subtotal(group)), group=group)

    def cell(self, name: str, line: Line) -> Cell:
        tongue = self.look.tongue
        if name == "name":
            first, *others = line.name.said(tongue) or ("",)
            marks = [
                mark
                for mark, on in (
                    ("optional", line.is_optional and not line.is_taken),
                    ("alternative", line.is_alternative and not line.is_taken),
                    ("taken", line.is_taken),
                    ("gift", line.is_gift),
                )
                if on
            ]
            return (
                Said(first),
                *(Said(each) for each in others),
                *(Said(each, Tone.QUIET) for each in line.description.said(tongue)),
                *(Said(f"[{self.labels.one(mark)}]", Tone.QUIET) for mark in marks),
            )
        if line.is_text and name != "position":
            return ()
        if name == "unit":
            return tuple(Said(each) for each in line.unit.said(tongue))
        if name == "discount":
            return tuple(Said(self.labels.said(each)) for each in line.discounts)
        text = COLUMNS[name].text(line, self.paper.currency)
        if name in {"net", "tax", "gross"} and not line.counts:
            text = f"({text})"
        return (Said(text),) if text else ()

    def subtotal(self, group: Group) -> Iterator[Cell]:
        """Yield the cells of a subtotal: its label where there is room, figures below their columns."""
        found = group.subtotal
        said = " · ".join(
            each for each in (self.labels.one("subtotal"), self.labels.said(group.title)) if each
        )
        for name in self.columns:
            if name == "name":
                yield (Said(said, Tone.STRONG),)
            elif name == "margin_pct":
                yield (Said(share_text(found.margin_ppm if found else None), Tone.STRONG),)
            else:
                minor = getattr(found, f"{name}_minor", None)
                yield (
                    (Said(amount_text(minor, self.paper.currency), Tone.STRONG),) if minor is not None else ()
                )

    def totals(self) -> Iterator[Amount]:
        currency = self.paper.currency
        for total in self.paper.totals:
            label = total.label.said(self.look.tongue) or self.labels.lines(f"total_{total.kind}")
            is_grand = total.kind is TotalKind.GROSS
            text = numbers.money(total.minor, currency) if is_grand else numbers.amount(total.minor, currency)
            yield Amount(label, text, is_grand, total.minor)
        margin = self.paper.margin
        if self.is_internal and margin is not None:
            share = share_text(margin.margin_ppm)
            for key, minor, beside in (
                ("cost", margin.cost_minor, ""),
                ("margin", margin.margin_minor, f" ({share})" if share else ""),
            ):
                text = amount_text(minor, currency) or "–"
                yield Amount(self.labels.lines(key), text + beside, False, minor)

    def tax(self, tax: Tax) -> tuple[str, ...]:
        rate = " ".join(each for each in (percent_text(tax.rate_ppm), self.labels.said(tax.label)) if each)
        currency = self.paper.currency
        return (rate, amount_text(tax.base_minor, currency), amount_text(tax.tax_minor, currency))

    def words(self) -> tuple[str, str] | None:
        if not self.paper.amount_in_words or not self.is_priced:
            return None
        return self.labels.one("words"), self.paper.amount_in_words

    def section(self, key: str, texts: tuple[str, ...]) -> Section | None:
        return Section(self.labels.one(key), texts) if any(texts) else None

    def approval(self) -> str:
        found = self.paper.approval
        if found is None:
            return ""
        key = "approved" if found.by else "within_limits"
        said = self.labels.lines(key, who=found.by, when=found.at.strftime("%Y-%m-%d %H:%M"))
        remark = self.labels.said(found.remark)
        return " / ".join(said) + (f" ({remark})" if remark else "")

    def signings(self) -> Iterator[Signing]:
        labels = self.labels
        for each in self.paper.signatories:
            who = " ".join(part for part in (labels.said(each.name), labels.said(each.title)) if part)
            yield Signing(
                each.company.said(self.look.tongue),
                who,
                labels.one("signature"),
                labels.one("stamp"),
                labels.one("date"),
            )

    def company_text(self, key: str) -> tuple[str, ...]:
        """Return a text of the template with its places filled, one a language, none when empty."""
        texts = self.template.texts
        found = (
            filled_lines(
                texts.get(code, {}).get(key, ""), places_of(self.paper, self.look.variant, Tongue(code))
            )
            for code in self.look.tongue.codes
        )
        return tuple(dict.fromkeys(each for each in found if each))
