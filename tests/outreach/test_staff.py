"""Caseworkers: passwords, tries, sessions, and what is kept of them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.staff import Staff, StaffSession
from outreach import staff as staff_cases
from outreach.errors import ConflictError, NotFoundError, UnknownMunicipalityError
from outreach.signing_in import attempts, passwords, sessions
from outreach.signing_in.passwords import PasswordFault
from tests import make_desk


async def attempt(runtime, username="anna", password=make_desk.PASSWORD):
    async with runtime.transaction() as session:
        begun = await attempts.begin_attempt(session, runtime, username)
    return begun if await attempts.fits(begun, password) else None


async def sign_in(runtime, **given):
    begun = await attempt(runtime, **given)
    if begun is None:
        return None
    async with runtime.transaction() as session:
        return (await attempts.sign_in(session, runtime, begun)).token


async def found(runtime, token, *, is_act=True):
    async with runtime.transaction() as session:
        return await sessions.lookup(session, runtime, token, is_act=is_act)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("kort", PasswordFault.TOO_SHORT),
        ("x" * 1025, PasswordFault.TOO_LONG),
        (" Anna.Berg@example.dk ", PasswordFault.IS_USERNAME),
        ("blå blæksprutter", None),
    ],
)
def test_a_password_is_long_and_not_the_username(password, fault):
    assert passwords.password_fault("anna.berg@example.dk", password) is fault


async def test_what_is_kept_of_a_password_is_argon2id(runtime):
    person = await make_desk.staff(runtime)
    assert (person.password_hash or "").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.hash_password("en ganske lang en") != passwords.hash_password(
        "en ganske lang en"
    )


async def test_a_username_is_one_persons_however_it_is_written(runtime):
    await make_desk.staff(runtime, "Anna")
    with pytest.raises(ConflictError):
        await make_desk.staff(runtime, " ANNA ", municipality="faxe")


async def test_nobody_works_in_a_municipality_we_do_not_serve(runtime):
    with pytest.raises(UnknownMunicipalityError, match="albertslund, faxe"):
        await make_desk.staff(runtime, municipality="atlantis")


@pytest.mark.parametrize(("username", "name"), [("", "Anna"), ("a b", "Anna"), ("anna", "  ")])
async def test_a_name_that_cannot_be_one_is_refused(runtime, username, name):
    with pytest.raises(ValueError, match="name"):
        await make_desk.staff(runtime, username, name=name)


async def test_tries_at_the_same_time_are_no_more_than_tries_in_turn(runtime):
    await make_desk.staff(runtime)
    guesses = await asyncio.gather(*(attempt(runtime, password="gæt") for _ in range(8)))
    assert guesses == [None] * 8
    assert await attempt(runtime) is None
    async with runtime.transaction() as session:
        assert (await session.scalar(select(Staff))).failed_sign_ins == 5


async def test_a_right_password_forgets_the_wrong_ones(runtime):
    await make_desk.staff(runtime)
    for _ in range(3):
        for _ in range(4):
            assert await attempt(runtime, password="gæt") is None
        assert await sign_in(runtime)


async def test_after_the_lock_there_are_five_tries_again(runtime, clock):
    await make_desk.staff(runtime)
    for _ in range(5):
        await attempt(runtime, password="gæt")
    clock.travel(timedelta(minutes=15))
    for _ in range(4):
        assert await attempt(runtime, password="gæt") is None
    assert await sign_in(runtime)


async def test_an_unknown_name_takes_about_as_long_as_a_wrong_password(runtime):
    await make_desk.staff(runtime)
    for username in ("anna", "ingen"):
        begun = await begin(runtime, username)
        assert (begun.staff_id is None) is (username == "ingen")
        assert not await attempts.fits(begun, "gæt")
    nobody = attempts.Attempt(None, None)
    assert not await attempts.fits(nobody, make_desk.PASSWORD)


async def begin(runtime, username):
    async with runtime.transaction() as session:
        return await attempts.begin_attempt(session, runtime, username)


async def test_who_is_disabled_between_password_and_session_gets_none(runtime):
    await make_desk.staff(runtime)
    begun = await attempt(runtime)
    async with runtime.transaction() as session:
        await staff_cases.disable(session, runtime, "anna")
    with pytest.raises(NotFoundError):
        async with runtime.transaction() as session:
            await attempts.sign_in(session, runtime, begun)


async def test_disabling_ends_every_session(runtime):
    await make_desk.staff(runtime)
    tokens = [await sign_in(runtime) for _ in range(2)]
    assert all([await found(runtime, token) for token in tokens])
    async with runtime.transaction() as session:
        await staff_cases.disable(session, runtime, "anna")
    assert not any([await found(runtime, token) for token in tokens])
    with pytest.raises(NotFoundError):
        async with runtime.transaction() as session:
            await staff_cases.disable(session, runtime, "ingen")


async def test_old_sessions_are_swept_at_the_next_sign_in(runtime, clock):
    await make_desk.staff(runtime)
    await sign_in(runtime)
    clock.travel(timedelta(hours=13))
    await sign_in(runtime)
    async with runtime.transaction() as session:
        assert len(list(await session.scalars(select(StaffSession)))) == 1


async def test_only_an_act_keeps_a_session_awake(runtime, clock):
    await make_desk.staff(runtime)
    token = await sign_in(runtime)
    clock.travel(timedelta(minutes=30))
    await found(runtime, token, is_act=False)
    clock.travel(timedelta(minutes=29))
    await found(runtime, token, is_act=True)
    clock.travel(timedelta(minutes=59))
    assert await found(runtime, token)
    clock.travel(timedelta(minutes=60))
    assert await found(runtime, token) is None


async def test_a_made_up_token_is_nobody(runtime):
    await make_desk.staff(runtime)
    assert await found(runtime, "") is None
    assert await found(runtime, "x" * 10_000) is None


async def test_signing_in_and_out_is_on_record(runtime):
    await make_desk.staff(runtime)
    token = await sign_in(runtime)
    for _ in range(2):
        async with runtime.transaction() as session:
            await sessions.sign_out(session, runtime, token)
    async with runtime.transaction() as session:
        entries = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [entry.act for entry in entries] == ["staff_added", "signed_in", "signed_out"]
