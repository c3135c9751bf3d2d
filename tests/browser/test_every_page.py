"""Pages before the queue and beside it: signing in, invitations, a batch, what is not found."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from recovery.services.users.user import Role
from tests.browser.looks import serious
from tests.browser.world import Firm

_WORDS = "granite otter lantern seven"


@pytest.fixture
def guest(chromium: Browser) -> Iterator[Page]:
    """Somebody who is not signed in."""
    with chromium.new_context(viewport={"width": 1360, "height": 860}) as context:
        yield context.new_page()


@pytest.mark.parametrize("language", ["en", "es", "pt"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_stranger_finds_nothing_serious(firm: Firm, guest: Page, keep, language, scheme):
    guest.emulate_media(color_scheme=scheme)
    found = []
    pages = {"sign-in": f"/sign-in?lang={language}", "dead-link": "/invitation/" + "x" * 43}
    for name, path in pages.items():
        guest.goto(firm.url + path)
        found += [(path, *one) for one in serious(guest)]
        keep(guest, f"{name}-{language}-{scheme}")
    assert found == []


def test_the_way_of_an_invited_manager_has_nothing_serious(firm: Firm, guest: Page, keep):
    token = firm.recovery.users.invite("nora@firm.example", Role.MANAGER, by="alma@firm.example")
    guest.goto(f"{firm.url}/invitation/{token}")
    found = serious(guest)
    keep(guest, "invitation")
    for name in ("password", "again"):
        guest.fill(f"input[name={name}]", _WORDS)
    guest.keyboard.press("Enter")
    guest.wait_for_url("**/sign-in*")
    guest.fill("input[name=email]", "nora@firm.example")
    guest.fill("input[name=password]", _WORDS)
    guest.keyboard.press("Enter")
    guest.wait_for_url("**/account/factor*")
    found += serious(guest)
    keep(guest, "factor")
    assert found == []


def test_a_second_factor_is_asked_for_without_anything_serious(firm: Firm, guest: Page, keep):
    guest.goto(f"{firm.url}/sign-in")
    guest.fill("input[name=email]", "mario@firm.example")
    guest.fill("input[name=password]", firm.users["mario"].password)
    guest.keyboard.press("Enter")
    guest.wait_for_url("**/sign-in/code*")
    keep(guest, "code")
    assert serious(guest) == []


def test_who_is_found_and_what_is_not_have_nothing_serious(firm: Firm, sign_in, keep):
    page = sign_in("rosa")
    page.goto(f"{firm.url}/no-such-page")
    found = serious(page)
    keep(page, "not-found")
    page.goto(f"{firm.url}/queue")
    for text in ("Camila", "zzz"):
        page.fill("#find", text)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text(text)
        found += serious(page)
        keep(page, f"found-{text}")
    assert found == []


def test_what_waits_for_a_managers_yes_has_nothing_serious(firm: Firm, sign_in, keep):
    batch = firm.await_decisions()
    page = sign_in("mario")
    waiting = {
        "/wins": "nieves@example.com",
        "/approvals": batch,
        f"/approvals/{batch}": "Elvira Quiroga",
    }
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path, shown in waiting.items():
            page.goto(firm.url + path)
            expect(page.locator("table")).to_contain_text(shown)
            found += [(path, *one) for one in serious(page)]
            keep(page, f"{path.split('/')[1]}-{len(path.split('/')) - 1}-waiting-{scheme}")
    assert found == []
