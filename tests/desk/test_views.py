"""Saved views: one's own filters under a name, and the one the queue opens with."""

import re

import pytest

ENGLISH = "view=waiting&language_of=en"


@pytest.fixture
def save(anna):
    async def saves(name="På engelsk", query=ENGLISH, of="inbox"):
        start = "/desk?view=waiting"
        return await anna.send("/desk/views", start, of=of, name=name, query=query)

    return saves


async def view_id(browser, number=0):
    page = (await browser.get("/desk?view=waiting")).text
    return re.findall(r'action="/desk/views/([0-9a-f-]{36})/rename"', page)[number]


async def test_a_filter_is_saved_and_stands_as_a_link(anna, save):
    answer = await save()
    assert answer.headers["location"] == f"/desk?{ENGLISH}&done=view-saved"
    page = (await anna.get(answer.headers["location"])).text
    assert "Visningen er gemt." in page
    assert 'href="/desk?view=waiting&amp;language_of=en" aria-current="true"' in page


async def test_what_is_no_filter_is_not_kept(anna, save):
    answer = await save(query="view=waiting&page=7&lang=en&done=x&q=%0d%0aX&evil=1")
    assert answer.headers["location"].startswith("/desk?view=waiting&q=%0D%0AX&done=view-saved")


async def test_the_same_name_again_keeps_the_new_filter(anna, save):
    await save()
    await save(query="view=mine")
    page = (await anna.get("/desk?view=waiting")).text
    assert page.count(">På engelsk</bdi>") == 1
    assert "/desk?view=mine" in page


async def test_a_view_is_renamed_and_deleted(anna, save):
    await save()
    number = await view_id(anna)
    done = await anna.send(f"/desk/views/{number}/rename", name="Engelske klager")
    assert done.headers["location"].endswith("done=view-renamed")
    assert "Engelske klager" in (await anna.get("/desk?view=waiting")).text
    done = await anna.send(f"/desk/views/{number}/delete")
    assert done.headers["location"] == "/desk?done=view-deleted"
    assert "Engelske klager" not in (await anna.get("/desk?view=waiting")).text


async def test_the_queue_opens_with_the_view_one_has_put_first(anna, save):
    await save()
    number = await view_id(anna)
    await anna.send(f"/desk/views/{number}/first", "/desk?view=waiting")
    opened = await anna.get("/desk")
    assert (opened.status_code, opened.headers["location"]) == (303, f"/desk?{ENGLISH}")
    assert (await anna.get("/desk?view=mine")).status_code == 200
    await anna.send(f"/desk/views/{number}/first", "/desk?view=waiting")
    assert (await anna.get("/desk")).status_code == 200


async def test_a_first_view_that_is_deleted_or_changed_is_followed(anna, save):
    await save()
    number = await view_id(anna)
    await anna.send(f"/desk/views/{number}/first", "/desk?view=waiting")
    await anna.send(
        "/desk/views", "/desk?view=waiting", of="inbox", name="På engelsk", query="view=mine"
    )
    assert (await anna.get("/desk")).headers["location"] == "/desk?view=mine"
    await anna.send(f"/desk/views/{number}/delete", "/desk?view=waiting")
    assert (await anna.get("/desk")).status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
async def test_a_view_needs_a_name(anna, save, name):
    answer = await save(name=name)
    assert answer.headers["location"].endswith("done=view_name")
    assert "Skriv et navn" in (await anna.get(answer.headers["location"])).text


async def test_two_views_cannot_have_one_name(anna, save):
    await save("En")
    await save("To")
    number = await view_id(anna, 1)
    answer = await anna.send(f"/desk/views/{number}/rename", name="En")
    assert answer.headers["location"].endswith("done=view_name")


async def test_there_are_thirty_views_at_most(anna, save):
    for number in range(30):
        await save(f"Nr. {number}")
    assert (await save("En for meget")).headers["location"].endswith("done=too_many_views")


async def test_a_view_is_its_owners_alone(anna, bo, save):
    await save("Min egen")
    number = await view_id(anna)
    assert "Min egen" not in (await bo.get("/desk?view=waiting")).text
    for act in ("rename", "first", "delete"):
        answer = await bo.send(f"/desk/views/{number}/{act}", name="Din")
        assert answer.status_code == 404
    assert "Min egen" in (await anna.get("/desk?view=waiting")).text


async def test_a_list_that_is_not_there_keeps_no_views(save):
    assert (await save(of="secrets")).status_code == 404


async def test_all_conversations_have_views_too(anna, save):
    answer = await save("Svarer selv", "answering=assistant", "conversations")
    assert answer.headers["location"].startswith("/desk/conversations?answering=assistant")
    assert "Svarer selv" in (await anna.get("/desk/conversations")).text
    assert "Svarer selv" not in (await anna.get("/desk?view=waiting")).text


async def test_a_name_is_text_and_nothing_else(anna, save):
    await save('<script>alert("x")</script>')
    page = (await anna.get("/desk?view=waiting")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
