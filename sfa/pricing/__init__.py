"""What a quote or order comes to: amounts, discounts, tax, margin, payments, approval.

A leaf: values in, frozen values out; no database, no clock, no printing, no floating point.
The app, the command line, the printed quote and the central database all show these figures,
so every formula is in docs/metrics.md, "Quotes", simple enough to be repeated in SQL.

``document`` is what goes in, ``totals.price_document`` computes, ``results`` is what comes out.
"""
