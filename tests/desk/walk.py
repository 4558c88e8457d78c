"""Every page of the desk and its states, for whoever looks at all of them in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests import make_desk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page

    type Act = Callable[[Page], Awaitable[None]]

#: What is fetched but is no page: a part that is put in, a file, a way on to a page.
NO_PAGE = {
    "/desk/agreements/{agreement_id}/confirmation.pdf",
    "/desk/alert",
    "/desk/citizens/{citizen_id}/live",
    "/desk/citizens/{citizen_id}/{_act}",
    "/desk/claims/{claim_id}/letters/{letter_id}",
    "/desk/claims/{claim_id}/live",
    "/desk/claims/{claim_id}/{_act}",
    "/desk/conversations/live",
    "/desk/conversations/{conversation_id}/earlier/live",
    "/desk/conversations/{conversation_id}/live",
    "/desk/conversations/{conversation_id}/texts/live",
    "/desk/conversations/{conversation_id}/{_act}",
    "/desk/duty/live",
    "/desk/duty/remind",
    "/desk/events",
    "/desk/hand-overs/files/{file_id}",
    "/desk/hand-overs/live",
    "/desk/hand-overs/{_hand_over_id}/{_act}",
    "/desk/live",
    "/desk/payments/live",
    "/desk/payments/{number}/{_act}",
    "/desk/readings",
    "/desk/record/entries.csv",
    "/desk/sign-in/with/{municipality}",
    "/desk/sign-in/with/{municipality}/back",
    "/desk/tasks/live",
    "/desk/tasks/{task_id}/{_act}",
    "/desk/understandings/export",
    "/desk/understandings/live",
    "/desk/understandings/{message_id}/{_act}",
    "/desk/unit/live",
    "/desk/unit/{task_id}/{_act}",
    "/desk/views",
    "/desk/views/{_view_id}/{_act}",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as somebody sees it, perhaps after they have done something on it."""

    #: As the route table names it.
    route: str
    #: With the names of `make_town.Town.ids` in it; nothing: as the route.
    address: str = ""
    who: str | None = "anna"
    act: Act | None = None
    #: Whether it is looked at on a telephone too.
    is_main: bool = False
    #: What the server says of the address, before anything is done there.
    status: int = 200

    @property
    def asked(self) -> str:
        """The address, its numbers still by name."""
        return self.address or self.route

    @property
    def name(self) -> str:
        """How a failure names it."""
        done = f", {self.act.__name__}" if self.act else ""
        return f"{self.asked} ({self.who or 'nobody'}{done})"


async def shortcuts(page: Page) -> None:
    """Open the sheet of shortcuts."""
    await (
        page.get_by_role("button", name="genveje")
        .or_(page.get_by_role("button", name="shortcuts"))
        .click()
    )


async def menu(page: Page) -> None:
    """Unfold the menu, where it is folded."""
    await page.locator(".desk-fold").evaluate("fold => fold.open = true")


async def wrong_password(page: Page) -> None:
    """Try to sign in with a wrong password."""
    await page.locator("#username").fill("anna")
    await page.locator("#password").fill("forkert")
    await page.locator("main button").click()
    await page.locator(".alert").wait_for()


async def right_password(page: Page) -> None:
    """Give the password of somebody with a second factor."""
    await page.locator("#username").fill("cilla")
    await page.locator("#password").fill(make_desk.PASSWORD)
    await page.locator("main button").click()
    await page.locator("#code").wait_for()


async def old_form(page: Page) -> None:
    """Send a form that is no longer ours."""
    await page.locator(".js-sign-out [name=csrf_token]").evaluate("field => field.value = 'x'")
    await page.locator(".js-sign-out button").click()
    await page.wait_for_url("**/desk/sign-out")


async def empty_form(page: Page) -> None:
    """Send the page's last form with nothing in it, as a browser without its own checks does."""
    form = page.locator("main form[method=post]:not([hidden])").last
    await form.evaluate("form => form.noValidate = true")
    async with page.expect_navigation():
        await form.evaluate("form => form.submit()")


async def new_person(page: Page) -> None:
    """Add somebody, and be shown their password."""
    await page.locator("#name").fill("Dorte Vang")
    await page.locator("#username").fill("dorte")
    await page.locator("main form button").last.click()
    await page.locator(".secret").wait_for()


async def saved_texts(page: Page) -> None:
    """Find a saved text for an answer."""
    await page.locator(".texts summary").click()
    await page.locator("#texts-q").focus()
    await page.locator(".texts-found").wait_for()


_TALK = "/desk/conversations/{conversation_id}"
_CITIZEN = "/desk/citizens/{citizen_id}"
_CLAIM = "/desk/claims/{claim_id}"

PAGES: tuple[Shown, ...] = (
    Shown("/desk", is_main=True),
    Shown("/desk", act=shortcuts, is_main=True),
    Shown("/desk", act=menu, is_main=True),
    Shown("/desk", "/desk?view=mine"),
    Shown("/desk", "/desk?view=others"),
    Shown("/desk", "/desk?view=closed"),
    Shown("/desk", "/desk?q=findes-ikke"),
    Shown("/desk/conversations", is_main=True),
    Shown(_TALK, "/desk/conversations/{mine}", is_main=True),
    Shown(_TALK, "/desk/conversations/{mine}", act=saved_texts),
    Shown(_TALK, "/desk/conversations/{waiting}"),
    Shown(_TALK, "/desk/conversations/{others}"),
    Shown(f"{_TALK}/texts", "/desk/conversations/{mine}/texts"),
    Shown("/desk/handoffs/{handoff_id}/assign", "/desk/handoffs/{handoff}/assign"),
    Shown("/desk/handoffs/{handoff_id}/assign", "/desk/handoffs/{handoff}/assign", act=empty_form),
    Shown("/desk/texts"),
    Shown("/desk/texts", act=empty_form),
    Shown("/desk/texts/{text_id}", "/desk/texts/{text}"),
    Shown("/desk/citizens", is_main=True),
    Shown("/desk/citizens", "/desk/citizens?q=Mette"),
    Shown("/desk/citizens", "/desk/citizens?q=findes-ikke"),
    Shown(_CITIZEN, "/desk/citizens/{citizen}", is_main=True),
    Shown(_CITIZEN, "/desk/citizens/{protected}"),
    Shown(_CITIZEN, "/desk/citizens/{protected}", act=empty_form),
    Shown(_CITIZEN, "/desk/citizens/{citizen}", act=empty_form),
    Shown(f"{_CITIZEN}/agree", "/desk/citizens/{citizen}/agree"),
    Shown(f"{_CITIZEN}/agree", "/desk/citizens/{citizen}/agree?wish=300+om+måneden"),
    Shown(f"{_CITIZEN}/journal", "/desk/citizens/{citizen}/journal"),
    Shown(f"{_CITIZEN}/tasks/new", "/desk/citizens/{citizen}/tasks/new"),
    Shown("/desk/claims"),
    Shown("/desk/claims", "/desk/claims?ref=findes-ikke"),
    Shown(_CLAIM, "/desk/claims/{claim}", is_main=True),
    Shown(_CLAIM, "/desk/claims/{claim}", act=empty_form),
    Shown("/desk/payments"),
    Shown("/desk/payments/{number}", "/desk/payments/{payment}"),
    Shown("/desk/payments/{number}", "/desk/payments/{payment}", act=empty_form),
    Shown("/desk/hand-overs"),
    Shown("/desk/hand-overs", "/desk/hand-overs?view=files"),
    Shown("/desk/hand-overs", "/desk/hand-overs?view=stopped"),
    Shown("/desk/tasks", is_main=True),
    Shown("/desk/tasks", "/desk/tasks?view=done"),
    Shown("/desk/tasks/new"),
    Shown("/desk/tasks/new", act=empty_form),
    Shown("/desk/tasks/{task_id}", "/desk/tasks/{task}", is_main=True),
    Shown("/desk/tasks/{task_id}", "/desk/tasks/{unit_task}"),
    Shown("/desk/duty", is_main=True),
    Shown("/desk/duty/{pile}", "/desk/duty/unreachable"),
    Shown("/desk/unit", who="ulla"),
    Shown("/desk/unit/{task_id}", "/desk/unit/{unit_task}", who="ulla"),
    Shown("/desk/unit/{task_id}", "/desk/unit/{unit_task}", who="ulla", act=empty_form),
    Shown("/desk/understandings", "/desk/understandings?view=all"),
    Shown("/desk/understandings/{message_id}", "/desk/understandings/{message}"),
    Shown("/desk/understandings/{message_id}", "/desk/understandings/{corrected}"),
    Shown("/desk/record", is_main=True),
    Shown("/desk/record", "/desk/record?since=i+går", status=422),
    Shown("/desk/people", is_main=True),
    Shown("/desk/people", act=empty_form),
    Shown("/desk/people", act=new_person),
    Shown("/desk/people/{staff_id}", "/desk/people/{bo}"),
    Shown("/desk/me"),
    Shown("/desk/me/password"),
    Shown("/desk/me/password", act=empty_form),
    Shown("/desk/me/second-factor"),
    Shown("/desk/sign-in", who=None, is_main=True),
    Shown("/desk/sign-in", who=None, act=wrong_password),
    Shown("/desk/sign-in/code", "/desk/sign-in", who=None, act=right_password),
    Shown("/desk/{_path:path}", "/desk/findes-ikke", status=404),
    Shown("/desk/{_path:path}", "/desk", act=old_form),
)

#: The same desk on its first morning: nobody has written, nothing is owed.
EMPTY = (
    "/desk", "/desk?view=mine", "/desk?view=others", "/desk?view=closed", "/desk/conversations",
    "/desk/tasks", "/desk/tasks?whose=mine", "/desk/tasks?view=done", "/desk/duty", "/desk/unit",
    "/desk/payments", "/desk/hand-overs", "/desk/hand-overs?view=files", "/desk/understandings",
    "/desk/texts?q=findes-ikke", "/desk/citizens?q=x", "/desk/claims?ref=x",
    "/desk/record?since=2020-01-01&until=2020-01-02",
)  # fmt: skip
