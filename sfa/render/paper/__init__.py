"""Papers that leave the house: quotes and orders as PDF, HTML, Markdown, spreadsheet and mail.

A ``Paper`` (``document.py``) holds everything computed; nothing here computes money or reads the
store. ``templates.py`` reads what a company changes, ``sheet.py`` says a paper in words once for
all formats, the other modules draw it, and ``files.py`` writes it whole or not at all.
"""
