"""F31: what the website says is what the assistant says, filled in, and about nobody."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from data.municipalities.policy import MailSender, Policies
from mindelig.cli import app
from outreach import exports
from outreach.exports import Format
from outreach.texts import LANGUAGES, catalogue
from tests.house.tone import faults, long_sentences

PLACE = re.compile(r"\{[a-z_]+\}")
TOWNS = ["albertslund", "faxe"]
EVERYWHERE = pytest.mark.parametrize(
    ("town", "language"), [(town, language) for town in TOWNS for language in LANGUAGES]
)


def said(contents):
    yield from (contents.title, contents.by)
    for section in contents.sections:
        yield section.head
        yield from section.answers


@EVERYWHERE
async def test_F31_each_text_is_from_the_catalogue_and_no_place_is_left_empty(
    runtime, town, language
):
    texts = catalogue(language).texts
    for one in said(exports.contents(runtime, town, language)):
        parts = [re.escape(part) for part in PLACE.split(texts[one.key])]
        shape = ".+".join(parts).replace(r"kr\.\.", r"kr\.").strip()
        assert re.fullmatch(shape, one.text, re.DOTALL), one.key
        assert not re.search(r"[{}]|None", one.text), one.text


@EVERYWHERE
async def test_F31_each_format_says_all_of_it(runtime, town, language):
    contents = exports.contents(runtime, town, language)
    texts = [one.text for one in said(contents)]
    page = exports.write(contents, Format.HTML)
    assert [text for text in Read.of(page) if text.strip()] == [
        texts[0],
        texts[0],
        *order(contents),
    ]
    plain = exports.write(contents, Format.TXT)
    assert [part.lower() for part in plain.strip().split("\n\n")] == [
        texts[0].lower(),
        *(text.lower() for text in order(contents)),
    ]
    data = json.loads(exports.write(contents, Format.JSON))
    assert data["sections"][0]["head"]["key"] == "contents_unpaid"
    assert data["day"] == "2026-11-24"


def order(contents):
    """The texts after the title, as people read them."""
    return [
        *(one.text for section in contents.sections for one in (section.head, *section.answers)),
        contents.by.text,
    ]


class Read(HTMLParser):
    """Reads the texts of a page."""

    def __init__(self):
        super().__init__()
        self.texts = []

    @classmethod
    def of(cls, page):
        reader = cls()
        reader.feed(page)
        return reader.texts

    def handle_data(self, data):
        self.texts.append(data)


@EVERYWHERE
async def test_F31_they_are_as_kind_and_plain_as_what_the_assistant_writes(runtime, town, language):
    for one in said(exports.contents(runtime, town, language)):
        assert not faults(one.text), one.key
        assert not long_sentences(one.text), one.key


async def test_F31_each_question_people_have_is_answered(runtime):
    contents = exports.contents(runtime, "albertslund", "da")
    keys = {one.key for one in said(contents)}
    assert len(contents.sections) == 5
    for needed in ("complaint_route", "contents_ways", "debt_relief", "contents_never"):
        assert needed in keys
    plain = exports.write(contents, Format.TXT)
    for known in ("43 68 68 68", "70 99 01 01", "70 201 201", "112", "Gældsstyrelsen"):
        assert known in plain


async def test_F31_the_policy_decides_what_is_said(runtime):
    albertslund = {one.key for one in said(exports.contents(runtime, "albertslund", "da"))}
    faxe = {one.key for one in said(exports.contents(runtime, "faxe", "da"))}
    assert albertslund != faxe
    town = runtime.policies["faxe"]
    sender = MailSender(address="opkraevning@faxe.example", name="Faxe Kommune")
    new = town.model_copy(update={"senders": town.senders.model_copy(update={"email": sender})})
    changed = replace(runtime, policies=Policies([new]))
    plain = exports.write(exports.contents(changed, "faxe", "da"), Format.TXT)
    assert "opkraevning@faxe.example" in plain


async def test_F31_what_goes_into_a_page_cannot_break_it(runtime):
    town = runtime.policies["faxe"]
    name = town.name.model_copy(update={"da": "Faxe <b>&</b> Kommune"})
    changed = replace(runtime, policies=Policies([town.model_copy(update={"name": name})]))
    page = exports.write(exports.contents(changed, "faxe", "da"), Format.HTML)
    assert "Faxe &lt;b&gt;&amp;&lt;/b&gt; Kommune" in page


def test_F31_the_command_writes_a_file(runtime, tmp_path, monkeypatch, postgres):
    monkeypatch.setenv("MINDELIG_DATABASE_URL", postgres)
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path))
    words = ["texts", "export", "-m", "faxe", "--language", "en", "--format", "txt"]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "faxe.txt")])
    assert done.exit_code == 0, done.output
    assert "Is it hard to pay?" in (tmp_path / "faxe.txt").read_text(encoding="utf-8")
    refused = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "no" / "faxe.txt")])
    assert refused.exit_code == 2
