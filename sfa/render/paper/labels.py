"""The words a paper is labelled with, in its own language or in both; templates may replace each."""

from __future__ import annotations

from collections.abc import Mapping

from sfa.errors import Msg, msg
from sfa.i18n import in_language
from sfa.render.paper.document import Named, Tongue

USUAL: dict[str, Msg] = {
    "title_quote": msg("Quotation"),
    "title_order": msg("Order confirmation"),
    "title_warehouse": msg("Picking list"),
    "seller": msg("Seller"),
    "customer": msg("Buyer"),
    "contact": msg("Contact person"),
    "prepared_by": msg("Prepared by"),
    "number": msg("Document no."),
    "revision": msg("Revision"),
    "state": msg("Status"),
    "issued_on": msg("Date of issue"),
    "valid_until": msg("Offer valid until"),
    "promised_on": msg("Promised delivery"),
    "quote_number": msg("Quotation no."),
    "contract_number": msg("Contract no."),
    "currency": msg("Currency"),
    "subject": msg("Project"),
    "phone": msg("Tel."),
    "email": msg("Email"),
    "tax_id": msg("Tax ID"),
    "bank": msg("Bank details"),
    "position": msg("Item"),
    "code": msg("Product code"),
    "name": msg("Description of goods"),
    "quantity": msg("Qty"),
    "unit": msg("Unit"),
    "unit_price": msg("Unit price"),
    "discount": msg("Discount"),
    "tax_rate": msg("Tax rate"),
    "net": msg("Amount excl. tax"),
    "tax": msg("Tax amount"),
    "gross": msg("Amount incl. tax"),
    "cost": msg("Cost"),
    "margin": msg("Margin"),
    "margin_pct": msg("Margin %"),
    "picked": msg("Picked"),
    "optional": msg("Optional, not in the total"),
    "alternative": msg("Alternative, not in the total"),
    "taken": msg("Chosen"),
    "gift": msg("Free of charge"),
    "subtotal": msg("Subtotal"),
    "unit_price_with_tax": msg("Unit price incl. tax"),
    "total_list": msg("List amount"),
    "total_line_discounts": msg("Discounts on lines"),
    "total_sum": msg("Sum of lines"),
    "total_discount": msg("Discount on the whole"),
    "total_charge": msg("Surcharge"),
    "total_net": msg("Total excl. tax"),
    "total_tax": msg("Total tax"),
    "total_rounding": msg("Rounding difference"),
    "total_gross": msg("Total incl. tax"),
    "total_contained_tax": msg("Tax contained in it"),
    "total_options": msg("Options, not in the total"),
    "taxes": msg("Tax by rate"),
    "tax_base": msg("Taxable amount"),
    "words": msg("Amount in words"),
    "internal_notes": msg("Internal remarks"),
    "terms": msg("Terms"),
    "notes": msg("Remarks"),
    "signature": msg("Authorised signature"),
    "stamp": msg("Company stamp"),
    "date": msg("Date"),
    "draft": msg("DRAFT / NOT APPROVED"),
    "internal": msg("INTERNAL – not for the customer"),
    "internal_name": msg("internal"),
    "approved": msg("Approved by {who} on {when}"),
    "within_limits": msg("Within the author's limits, confirmed by the centre on {when}"),
    "page": msg("Page {page} of {pages}"),
}
# Marks that a customer, a colleague or a court reads, whatever the paper's language.
IN_BOTH = frozenset({"draft", "internal"})


class Labels:
    """The labels of one paper: its language and what its template calls things."""

    def __init__(self, tongue: Tongue, replaced: Mapping[str, Mapping[str, str]]) -> None:
        self.tongue = tongue
        self._replaced = replaced

    def lines(self, key: str, **places: object) -> tuple[str, ...]:
        """Return a label, one text a language."""
        codes = ("en", "zh_CN") if key in IN_BOTH else self.tongue.codes
        found = (self._in(code, key) for code in codes)
        return tuple(dict.fromkeys(_filled(each, places) for each in found if each))

    def one(self, key: str, **places: object) -> str:
        """Return a label on one line."""
        return " ".join(self.lines(key, **places))

    def said(self, named: Named) -> str:
        """Return a name on one line."""
        return " / ".join(named.said(self.tongue))

    def _in(self, code: str, key: str) -> str:
        replaced = self._replaced.get(code, {}).get(key)
        if replaced is not None:
            return replaced
        return in_language(code, USUAL[key])


def _filled(text: str, places: Mapping[str, object]) -> str:
    for name, value in places.items():
        text = text.replace("{" + name + "}", str(value))
    return text
