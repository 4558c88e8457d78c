"""Reusable answers: laid in once, found by words, written by who may, filled with care."""

import pytest
from sqlalchemy import func, select

from data.models.citizens import Language
from data.models.saved import SavedText
from data.saved_texts import LANGUAGES, starting_texts
from outreach import saved_texts
from outreach.errors import ConflictError, NotFoundError
from outreach.rules import places
from tests import make_desk
from tests.house.tone import HARDEST, faults, is_hard_to_read, lix, long_sentences


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def search(runtime):
    async def look(words="", municipality="albertslund"):
        async with runtime.transaction() as session:
            language = Language.DANISH
            return await saved_texts.search(session, runtime, municipality, language, words)

    return look


async def test_the_starting_set_is_laid_in_once_in_each_municipality(runtime, search, anna):
    first = await search()
    assert len(first) >= 15
    async with runtime.transaction() as session:
        for each in first:
            await saved_texts.archive(session, runtime, anna, each.id)
    assert await search() == []
    assert len(await search(municipality="faxe")) == len(first)
    async with runtime.transaction() as session:
        count = await session.scalar(select(func.count()).select_from(SavedText))
    assert count == 2 * sum(len(starting_texts(language)) for language in LANGUAGES)


async def test_a_text_is_found_by_title_words_and_tags_in_any_case(search):
    assert [each.title for each in await search("HENSTAND")] == ["Mere tid"]
    assert [each.title for each in await search("ringe spørg")] == ["Ring til os"]
    assert await search("100%_") == []


async def test_two_in_use_have_no_title_in_common(runtime, anna, search):
    await search()

    async def write(title):
        async with runtime.transaction() as session:
            return await saved_texts.write(
                session,
                runtime,
                anna,
                title=title,
                language=Language.DANISH,
                body="Hej",
                tags=[],
            )

    kept = await write("En ny")
    with pytest.raises(ConflictError):
        await write("En ny")
    async with runtime.transaction() as session:
        await saved_texts.archive(session, runtime, anna, kept.id)
    await write("En ny")
    with pytest.raises(ConflictError):
        async with runtime.transaction() as session:
            await saved_texts.unarchive(session, runtime, anna, kept.id)


async def test_another_municipalitys_text_does_not_exist(runtime, anna, search):
    theirs = (await search(municipality="faxe"))[0]
    for act in (saved_texts.archive, saved_texts.unarchive):
        with pytest.raises(NotFoundError):
            async with runtime.transaction() as session:
                await act(session, runtime, anna, theirs.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starting_set_is_kind_plain_and_asks_for_known_places(language):
    texts = starting_texts(language)
    assert len({each.title for each in texts}) == len(texts) >= 15
    for each in texts:
        assert places.unknown(each.body) == []
        plain = each.body.replace("{", "").replace("}", "")
        assert faults(plain) == [], each.title
        assert long_sentences(plain) == [], each.title
        assert not is_hard_to_read(plain), (each.title, lix(plain), HARDEST)
