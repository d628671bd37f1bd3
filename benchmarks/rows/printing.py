"""A quote as PDF, by the whole command; fonts are cut and kept by the untimed first run."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import stores
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan, beside, sfa


def measure(plan: Plan) -> Iterator[Figure]:
    """Time the PDF of a quote of two pages, in both languages."""
    with stores.copy_of(stores.quote()) as home:
        file = home / "quote.pdf"
        arguments = ("quote", "print", stores.quote_number(home), "--language", "both")
        stores.sfa(home, *arguments, "--output", str(file))
        pages = file.read_bytes().count(b"/Type /Page\n")
        if pages != 2:
            raise RuntimeError(f"the quote has {pages} pages, not 2")
        ours = sfa(home, *arguments, "--output", str(file), "--over")
        yield beside(plan, ours, what="`sfa quote print`, PDF of two pages", goal=90)
