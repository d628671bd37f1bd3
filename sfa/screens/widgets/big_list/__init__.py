"""A list of any number of records: drawn line by line, read a screen at a time by threads."""

from sfa.screens.widgets.big_list.columns import Shown
from sfa.screens.widgets.big_list.records import RecordSource
from sfa.screens.widgets.big_list.source import Column, Query, Reader, Row, Source, Unreadable
from sfa.screens.widgets.big_list.widget import BigList

__all__ = ["BigList", "Column", "Query", "Reader", "RecordSource", "Row", "Shown", "Source", "Unreadable"]
