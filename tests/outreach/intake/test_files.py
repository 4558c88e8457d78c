"""A ledger's file is read in whatever common way it was written, or refused with a plain word."""

import pytest

from outreach.errors import FileUnreadableError
from outreach.intake.files import BrokenRow, CsvFile, Layout

LAYOUT = Layout(columns=("ref", "name", "sum"), required=(("ref",), ("name", "sum")))


def read(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    with CsvFile(path, LAYOUT) as file:
        return file, list(file.rows())


def refusal(tmp_path, content, encoding="utf-8"):
    with pytest.raises(FileUnreadableError) as caught:
        read(tmp_path, content, encoding)
    return str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252")],
)
def test_danish_letters_survive_both_encodings(tmp_path, encoding, told):
    file, [row] = read(tmp_path, "ref;name\n1;Søren Ærø Åkjær\n", encoding)
    assert (file.encoding, row.cells) == (told, ["1", "Søren Ærø Åkjær"])


def test_a_letter_across_two_pieces_of_the_file_is_no_reason_to_doubt_it(tmp_path):
    filling = "x" * ((1 << 20) - len("ref;name\n1;") - 1)
    name = "\n".join(
        [f"ref;name\n1;{filling[:90_000]}", *(f"{n};{'y' * 90_000}" for n in range(11))]
    )
    odd = name + "z" * ((1 << 20) - 1 - len(name)) + "ø\n"
    file, _rows = read(tmp_path, odd)
    assert file.encoding == "utf-8"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("ref;name\n1;Bo\n".encode("utf-16"), "UTF-16"),
        ("ref;name\n1;Bo\n".encode("utf-16-le"), "NUL"),
        ("ref;name\n1;Bo\n".encode("utf-32"), "UTF-32"),
        (b"ref;name\n1;B\0o\n", "NUL bytes (line 2)"),
        (b"PK\x03\x04rest of a workbook", "Excel"),
        (b"\xd0\xcf\x11\xe0rest of a workbook", "old Excel"),
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"\xef\xbb\xbfref;name\n1;S\xf8ren\n", "line 2 is not"),
        (
            "ref;name\n1;Sø\n".encode() + b"2;B\xf8\n",
            "mixes UTF-8 (line 2) and Windows-1252 (line 3)",
        ),
        (b"ref;name\n1;\x81\xff\n", "neither UTF-8 nor Windows-1252 (line 2)"),
        (b"ref\tname\n1\tBo\n", "tabs"),
        (b"1;Bo;20\n", "header"),
        (b"ref;name;REF\n1;Bo;1\n", "column ref twice"),
        (b"name;sum\nBo;1\n", "no column ref"),
        (b"ref;colour\n1;red\n", "no column name or sum"),
        (b"x" * 200_000, "first line of more than"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_is_wrong(tmp_path, content, word):
    assert word in refusal(tmp_path, content)


def test_a_path_that_is_no_file_is_named(tmp_path):
    with pytest.raises(FileUnreadableError, match="does not exist"):
        CsvFile(tmp_path / "nothing.csv", LAYOUT)
    with pytest.raises(FileUnreadableError, match="is a folder"):
        CsvFile(tmp_path, LAYOUT)


@pytest.mark.parametrize("header", ["REF; Name ;sum", " ref;NAME;\tSum", "ref;name;sum;;"])
def test_the_header_may_be_written_in_any_case_and_with_blanks(tmp_path, header):
    file, _rows = read(tmp_path, f"{header}\n1;Bo;2\n")
    assert file.columns == {"ref": 0, "name": 1, "sum": 2}


def test_columns_may_stand_in_any_order_and_unknown_ones_are_named(tmp_path):
    file, [row] = read(tmp_path, "colour,sum,ref\nred,2,1\n")
    assert (file.delimiter, file.unknown_columns) == (",", ["colour"])
    assert [row.cells[file.columns[name]] for name in ("ref", "sum")] == ["1", "2"]


def test_a_comma_in_a_name_does_not_make_a_semicolon_file_a_comma_file(tmp_path):
    file, [row] = read(tmp_path, "ref;name, first and last;sum;name\n1;a,b,c,d;2;Bo\n")
    assert file.delimiter == ";"
    assert row.cells == ["1", "a,b,c,d", "2", "Bo"]


def test_excels_own_first_line_is_passed_over(tmp_path):
    file, [row] = read(tmp_path, "sep=,\nref,name\n1,Bo\n")
    assert (file.delimiter, row.line, row.cells) == (",", 3, ["1", "Bo"])


def test_quotes_hold_separators_line_ends_and_quotes(tmp_path):
    _file, rows = read(tmp_path, 'ref;name\n1;"Café ""Solen""; ApS\nbaghuset"\n2;Bo\n')
    assert [(row.line, row.cells) for row in rows] == [
        (2, ["1", 'Café "Solen"; ApS\nbaghuset']),
        (4, ["2", "Bo"]),
    ]


def test_a_quote_inside_a_bare_cell_is_only_a_letter(tmp_path):
    _file, [row] = read(tmp_path, 'ref;name\n1;Rør 2" messing\n')
    assert row.cells == ["1", 'Rør 2" messing']


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_as_one_line(tmp_path, end):
    _file, rows = read(tmp_path, end.join(["ref;name", "1;Bo", "", ";", "2;Ib"]))
    assert [(row.line, row.cells[0]) for row in rows] == [(2, "1"), (5, "2")]


def test_a_quote_never_closed_costs_its_own_line_and_no_other(tmp_path):
    lines = ["ref;name", '1;"Bo', *(f"{number};Ib" for number in range(2, 60))]
    _file, rows = read(tmp_path, "\n".join(lines))
    assert isinstance(rows[0], BrokenRow)
    assert (rows[0].line, rows[0].code) == (2, "quotes")
    assert [row.cells[0] for row in rows[1:]] == [str(number) for number in range(2, 60)]


def test_a_quote_closed_rows_below_costs_only_the_rows_with_quotes(tmp_path):
    _file, rows = read(tmp_path, 'ref;name\n1;"Bo\n2;Ib\n3;Ea"\n4;Li\n')
    assert [row.line for row in rows if isinstance(row, BrokenRow)] in ([], [2], [2, 4])
    assert rows[-1].cells == ["4", "Li"]


def test_text_after_a_closing_quote_is_refused(tmp_path):
    _file, [row] = read(tmp_path, 'ref;name\n1;"Bo"x\n')
    assert (row.code, row.cells) == ("quotes", ["1", 'Bo"x'])


@pytest.mark.parametrize(("cells", "found"), [("1", 1), ("1;Bo;2", 3)])
def test_too_few_or_too_many_cells_are_refused(tmp_path, cells, found):
    _file, [row] = read(tmp_path, f"ref;name\n{cells}\n")
    assert (row.code, row.facts["found"], row.facts["expected"]) == ("cell_count", found, 2)


def test_empty_cells_after_the_last_column_do_no_harm(tmp_path):
    _file, [row] = read(tmp_path, "ref;name\n1;Bo;;\n")
    assert row.cells == ["1", "Bo"]


def test_an_endless_line_is_refused_without_being_held_in_memory(tmp_path):
    _file, rows = read(tmp_path, f"ref;name\n1;{'x' * 250_000}\n2;Bo\n")
    assert (rows[0].code, rows[0].line) == ("line_too_long", 2)
    assert (rows[1].cells, rows[1].line) == (["2", "Bo"], 3)
