"""The report of requirements tells the truth: what is proven, what comes later, what is missing."""

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from data.municipalities.requirements import registers
from tests.policy.numbered import NumberedTest, numbered_tests
from tests.policy.report import FAILED, NONE, PASSED, Part, Results, Row, parts, write

REGISTER = registers()["albertslund"]
A_TEST = NumberedTest("tests/x.py", "test_A3_A20_a_bill_is_reminded_of", 1, ("A3", "A20"))


def row(number="A3", *results):
    requirement = REGISTER.requirements[number]
    tests = [(A_TEST, result) for result in results]
    return Row(number, requirement, REGISTER.quotes(number), tests)


def said(nodeid, when="call", outcome="passed"):
    """What pytest says of a test."""
    return SimpleNamespace(
        nodeid=nodeid, when=when, passed=outcome == "passed", failed=outcome == "failed"
    )


@pytest.mark.parametrize(
    ("reports", "result"),
    [
        ([said("f::test_A1_x[da]"), said("f::test_A1_x[en]")], PASSED),
        ([said("f::test_A1_x[da]"), said("f::test_A1_x[en]", outcome="failed")], FAILED),
        ([said("f::test_A1_x[da]", outcome="failed"), said("f::test_A1_x[en]")], FAILED),
        ([said("f::test_A1_x", "setup", "failed")], FAILED),
        ([said("f::test_A1_x", "setup"), said("f::test_A1_x", "call", "skipped")], None),
        ([said("f::test_A1_x"), said("f::test_A1_x", "teardown", "failed")], FAILED),
    ],
)
def test_a_test_of_many_cases_is_as_good_as_its_worst(reports, result):
    results = Results()
    for report in reports:
        results.pytest_runtest_logreport(report)
    assert results.of.get("f::test_A1_x") == result


@pytest.mark.parametrize(
    ("number", "results", "is_missing"),
    [
        ("A3", [PASSED], False),
        ("A3", [PASSED, NONE], False),
        ("A3", [PASSED, FAILED], True),
        ("A3", [NONE], True),
        ("A3", [], True),
        ("A40", [], False),
        ("A40", [PASSED], False),
        ("A40", [FAILED], True),
    ],
)
def test_what_should_be_proven_and_is_not_is_missing(number, results, is_missing):
    assert row(number, *results).is_missing is is_missing


def test_a_test_with_two_numbers_proves_both_and_reads_as_a_sentence():
    assert A_TEST.sentence == "a bill is reminded of"
    assert all(test.numbers and test.node.startswith("tests/") for test in numbered_tests())


def test_the_report_holds_every_requirement_of_every_municipality():
    found = parts(Results())
    assert {part.key: len(part.rows) for part in found} == {"albertslund": 40, "faxe": 34}
    for part in found:
        counts = part.counts
        assert counts["proven"] == 0
        assert counts["missing"] + counts["later"] == len(part.rows)


class Page(HTMLParser):
    """Counts what a page holds, and sees that what is opened is closed."""

    VOID = ("meta", "link", "br")

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def written(tmp_path):
    rows = [row("A3", PASSED), row("A24", FAILED), row("A40"), row("A5")]
    part = Part("albertslund", "Albertslund Kommune", "<Politik>", "v1 & v2", rows)
    paths = write([part], tmp_path)
    return {path.suffix: path.read_text(encoding="utf-8") for path in paths}


def test_the_page_is_whole_named_and_stands_alone(written):
    page = Page()
    page.feed(written[".html"])
    assert page.open == []
    tags = [tag for tag, _ in page.seen]
    assert dict(page.seen)["html"] == {"lang": "en"}
    assert [tags.count(tag) for tag in ("h1", "h2", "table", "caption", "script")] == [
        1,
        1,
        1,
        1,
        0,
    ]
    scopes = [attributes["scope"] for tag, attributes in page.seen if tag == "th"]
    assert scopes == ["col"] * 5 + ["row"] * 4
    assert all(attributes["lang"] == "da" for tag, attributes in page.seen if tag == "q")
    assert not {"src", "href"} & {
        name
        for tag, attributes in page.seen
        for name, value in attributes.items()
        if not str(value).startswith("#")
    }
    assert "<Politik>" in "".join(page.texts)


def test_the_page_and_the_text_tell_what_is_proven_failed_later_and_missing(written):
    for text in written.values():
        assert "Betales der ikke inden fristen, udsendes en rykker." in text
        assert "efter en skønsmæssig vurdering kan betale" in text
        assert "comes with: campaigns" in text
        assert "4 requirements" in text
        assert "1 proven" in text
        assert "2 missing" in text


def test_every_row_of_the_text_has_the_same_columns(written):
    rows = [line for line in written[".md"].splitlines() if line.startswith("|")]
    assert {line.count("|") - line.count("\\|") for line in rows} == {6}
