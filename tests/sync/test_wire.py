from __future__ import annotations

import json

from sfa.sync import wire
from sfa.sync.protocol import (
    Differs,
    ExitEntry,
    Hello,
    OpEntry,
    Outcome,
    Push,
    PushedOp,
    PushedTx,
    RowEntry,
    TxOutcome,
)

OP = PushedOp(1, "o", "t", 7, "insert", "account", "r", '{"name":["华创"]}', "aa", "bb", None, 5)
TX = PushedTx("t", 1, 1, "change", "Add {noun}", "{}", "u", "2026-11-22T00:00:00.000Z", None)


def test_a_push_has_its_ops_and_headers_as_objects() -> None:
    plain = json.loads(wire.to_json(Push("d", 1, "", (TX,), (OP,))))
    assert plain["ops"][0]["changes"] == '{"name":["华创"]}'
    assert plain["transactions"][0]["last_seq"] == 1


def test_a_simple_message_comes_back_as_it_was() -> None:
    hello = Hello("d", 9, 8, "ab", None, 0, None, 5, 5)
    assert wire.simple(Hello, json.loads(wire.to_json(hello))) == hello


def test_fields_that_are_not_known_are_passed_over() -> None:
    plain = {**json.loads(wire.to_json(OP)), "later": 1}
    assert wire.simple(PushedOp, plain) == OP


def test_a_page_keeps_the_kinds_of_its_entries_and_leaves_out_unknown_ones() -> None:
    plain = {
        "entries": [
            {"entry": "row", "table": "lead", "row_id": "r", "values": {"name": "王"}, "maker": "o"},
            {"entry": "op", **json.loads(wire.to_json(OP)), "took": ["name"], "author": "u", "device": "d"},
            {"entry": "exit", "table": "lead", "row_id": "r"},
            {"entry": "of a later version"},
        ],
        "version": 3,
        "batch": "b",
        "newest": 3,
        "more": False,
    }
    row, op, gone = wire.page_of(plain).entries
    assert row == RowEntry("lead", "r", {"name": "王"}, "o")
    assert isinstance(op, OpEntry)
    assert op.took == ("name",)
    assert gone == ExitEntry("lead", "r")


def test_an_answer_tells_rows_that_are_not_there_from_columns_that_differ() -> None:
    plain = {
        "last_seq": 2,
        "outcomes": [{"tx_id": "t", "outcome": "late", "reason": None, "proposal_id": "p"}],
        "differs": [
            {"table": "lead", "row_id": "r", "columns": {"name": ["x", "o"]}},
            {"table": "lead", "row_id": "s", "columns": None},
        ],
    }
    answer = wire.answer_of(plain)
    assert answer.outcomes == (TxOutcome("t", Outcome.LATE, None, "p"),)
    assert answer.differs == (Differs("lead", "r", {"name": ("x", "o")}), Differs("lead", "s", None))


def test_a_line_of_a_snapshot_is_a_row_or_the_rows_of_a_table() -> None:
    one = {"entry": "row", "table": "lead", "row_id": "r", "values": {"name": "王"}, "maker": "o"}
    assert list(wire.sheet_of(json.dumps(one)).entries()) == [RowEntry("lead", "r", {"name": "王"}, "o")]
    many = {"table": "lead", "columns": ["name", "city"]}
    rows = [["r", "o", None, "王", None], ["s", None, {"city": "p"}, "Li", "Xi"]]
    assert list(wire.sheet_of(json.dumps({**many, "rows": rows})).entries()) == [
        RowEntry("lead", "r", {"name": "王", "city": None}, "o"),
        RowEntry("lead", "s", {"name": "Li", "city": "Xi"}, None, {"city": "p"}),
    ]
