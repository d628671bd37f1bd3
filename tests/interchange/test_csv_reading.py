"""Bytes to header and rows, whatever the encoding, delimiter and line ends; and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.i18n import tr_error
from sfa.interchange.csv_reading import parse_table, read_table
from sfa.interchange.source_table import SourceTable

CHINESE = "姓名,公司\n王芳,华创科技\n李娜,上海机床厂有限公司\n"


def cells(table: SourceTable) -> list[list[str]]:
    return [row.cells for row in table.rows]


def refusal(content: bytes, name: str = "x.csv", **options: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse_table(content, name, **options)
    what, _, hint = tr_error(caught.value)
    return f"{what} {hint}"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_chinese_is_read_in_any_usual_encoding(encoding: str, found: str) -> None:
    # Unmarked UTF-16 is told by the zero bytes of Latin text, which real exports have.
    text = "Name,Company,Lead Source,Created\n" + "".join(
        f"王芳{number},华创科技,Web,2026-11-{number + 10}\n" for number in range(9)
    )
    table = parse_table(text.encode(encoding), "x.csv")
    assert table.encoding == found
    assert table.rows[3].cells == ["王芳3", "华创科技", "Web", "2026-11-13"]


def test_pure_chinese_in_gbk_is_not_taken_for_western() -> None:
    table = parse_table(CHINESE.encode("gbk"), "x.csv")
    assert cells(table)[0] == ["王芳", "华创科技"]


def test_western_accents_are_not_taken_for_chinese() -> None:
    table = parse_table("name,city\nJosé Núñez,Málaga\nFrançois,Besançon\n".encode("cp1252"), "x.csv")
    assert table.encoding == "cp1252"
    assert cells(table) == [["José Núñez", "Málaga"], ["François", "Besançon"]]


def test_an_encoding_that_is_named_is_taken_or_refused() -> None:
    assert cells(parse_table("名\n王\n".encode("big5"), "x.csv", encoding="big5")) == [["王"]]
    assert "not valid utf-8" in refusal("é\n".encode("latin-1"), encoding="utf-8")
    assert "no encoding 'utf-9'" in refusal(b"a\n", encoding="utf-9")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(delimiter: str, newline: str) -> None:
    lines = [["name", "note"], ["Ann", f'"a{delimiter}b{newline}c"'], ["Bob", "1,5 or; so"]]
    if delimiter in ",;":
        lines[2][1] = '"1,5 or; so"'
    text = newline.join(delimiter.join(line) for line in lines) + newline
    table = parse_table(text.encode(), "x.csv")
    assert table.delimiter == delimiter
    assert cells(table) == [["Ann", f"a{delimiter}b{newline}c"], ["Bob", "1,5 or; so"]]


def test_excels_first_line_names_the_delimiter() -> None:
    table = parse_table(b"sep=;\na;b\n1,2;3\n", "x.csv")
    assert (table.header, cells(table)) == (("a", "b"), [["1,2", "3"]])


def test_a_delimiter_may_be_named_in_words() -> None:
    assert parse_table(b"a\tb,c\n1\t2\n", "x.csv", delimiter="tab").header == ("a", "b,c")
    assert "cannot part cells" in refusal(b"a,b\n", delimiter="::")


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=3, max_size=3),
        min_size=1,
    )
)
def test_what_a_csv_writer_writes_is_read_back(rows: list[list[str]]) -> None:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text).writerows([["a", "b", "c"], *rows])
    assert cells(parse_table(text.getvalue().encode(), "x.csv", delimiter=",")) == rows


def test_rows_know_the_line_they_start_on_and_blank_lines_are_no_rows() -> None:
    table = parse_table(b'a,b\n"1\n1",2\n\n,\n3,4\n', "x.csv")
    assert [(row.line_number, row.cells[0]) for row in table.rows] == [(2, "1\n1"), (6, "3")]


def test_a_row_of_the_wrong_width_is_kept_with_its_problem() -> None:
    table = parse_table(b"a,b\n1,2,3\n1\n1,2\n", "x.csv")
    problems = [row.problem or "" for row in table.rows]
    assert ["more cells" in problems[0], "fewer cells" in problems[1], problems[2]] == [True, True, ""]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\r\n", "the file is empty"),
        (b" , \n1,2\n", "names no column"),
        (b"a,b,a\n1,2,3\n", "names a column twice: a"),
        (b"PK\x03\x04rest", "it is a binary file (XLSX"),
        (b"\xd0\xcf\x11\xe0rest", "it is a binary file (XLS)"),
        (b"%PDF-1.7", "it is a binary file (PDF)"),
        (b"\x89PNG\r\n", "it is a binary file (PNG)"),
        (b"\x1f\x8b\x08", "Unpack it first"),
        (b"a,b\n1,\x002\n3,4\n", "it is a binary file"),
        (b'a,b\n1,"two\n3,4\n', "cut off: the quote opened in line 2 never closes"),
        (b"a,b,c\n1,2,3\n4,5", "cut off: its last line 3 ends after 2 cells"),
    ],
)
def test_what_is_no_whole_table_is_refused_with_the_reason(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_a_cell_without_end_is_blamed_on_its_line() -> None:
    content = b'a,b\n1,"' + b"x" * 200_000 + b'"\n'
    assert "line 2 cannot be read" in refusal(content)


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none.csv", "no such file"), (tmp_path, "this is a folder")):
        with pytest.raises(InvalidInput, match=said):
            read_table(path)


def test_a_header_alone_is_a_table_without_rows() -> None:
    assert parse_table("\ufeffa , b\n".encode(), "x.csv").header == ("a", "b")
    assert parse_table(b"a,b\n", "x.csv").rows == []


def test_every_file_of_csv_spectrum_reads_as_it_says(shared_data: Path) -> None:
    folder = shared_data / "import_corpus" / "csv-spectrum"
    files = sorted(folder.glob("csvs_*.csv"))
    assert len(files) == 12
    for path in files:
        expected = json.loads(
            (folder / path.name.replace("csvs_", "json_")).with_suffix(".json").read_text("utf-8")
        )
        if isinstance(expected, dict):
            expected = [expected]
        table = read_table(path)
        found = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
        assert _unix(found) == _unix(expected), path.name


def _unix(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    # One file of the corpus has another phone number than the JSON beside it.
    return [
        {key: value.replace("\r\n", "\n") for key, value in row.items() if key != "Contact Phone Number"}
        for row in rows
    ]


def test_the_files_of_csvkit_are_read_or_refused_as_they_deserve(shared_data: Path) -> None:
    folder = shared_data / "import_corpus" / "csvkit"
    found = {}
    for path in sorted(folder.glob("examples_*.[cdtx][sblv][fsvx]*")):
        try:
            table = read_table(path)
        except InvalidInput as error:
            found[path.name] = str(error.reason)
        else:
            found[path.name] = f"{table.encoding} {table.delimiter} {len(table.rows)}"
    assert found["examples_realdata_FY09_EDU_Recipients_by_State.csv"] == "utf-8 , 52"
    assert found["examples_realdata_ks_1033_data.csv"] == "utf-8 , 1575"
    assert found["examples_test_utf16_little.csv"] == "utf-16 , 2"
    assert found["examples_test_latin1.csv"] == "cp1252 , 2"
    assert found["examples_dummy.tsv"] == "utf-8 \t 1"
    assert found["examples_sniff_limit.csv"] == "utf-8 ; 1"
    assert found["examples_mac_newlines.csv"] == "utf-8 , 2"
    refused = {
        name for name, text in found.items() if not text[0].isalpha() or text.startswith(("it ", "the "))
    }
    assert {name for name in refused if name.endswith(".csv")} == {
        "examples_empty.csv",
        "examples_null_byte.csv",
    }
