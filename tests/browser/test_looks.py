"""Every page as every role in the three languages: accessible, and fit for a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.keys import press
from tests.browser.looks import serious
from tests.browser.world import Firm

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
_MANAGERS = ("/lists", "/wins", "/templates", "/approvals", "/status")
_ADMINS = (*_MANAGERS, "/team")


def _pages(firm: Firm, name: str) -> Iterator[tuple[str, str]]:
    more = {"mario": _MANAGERS, "alma": _ADMINS}.get(name, ())
    yield "queue", "/queue?lane=now"
    yield "queue-empty", "/queue?lane=waiting"
    yield "card", f"/queue/{firm.case('Camila')}"
    yield "card-reply", f"/queue/{firm.case('Renata')}"
    yield "card-callback", f"/queue/{firm.case('Andrés')}"
    yield "account", "/account"
    for path in more:
        yield path.strip("/"), path
    if more:
        yield "text", "/templates/new_email_first/es"


@pytest.mark.parametrize("name", ["rosa", "raul", "clara", "mario", "alma"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(firm, sign_in, keep, name, scheme):
    page = sign_in(name, color_scheme=scheme)
    found = []
    for called, path in _pages(firm, name):
        page.goto(f"{firm.url}{path}")
        found += [(path, *one) for one in serious(page)]
        keep(page, f"{called}-{name}-{scheme}")
    assert found == []


def test_axe_finds_nothing_serious_in_open_forms(firm, sign_in):
    page = sign_in("rosa")
    page.goto(f"{firm.url}/queue/{firm.case('Camila')}")
    press(page, "Enter")
    expect(page.locator("#outcomes")).to_be_visible()
    page.evaluate(
        "document.querySelectorAll('details.act-form').forEach(one => {"
        " one.removeAttribute('name'); one.open = true; })"
    )
    assert serious(page) == []
    press(page, "?")
    assert serious(page) == []


@pytest.mark.parametrize("name", ["clara", "alma"])
def test_no_page_is_wider_than_a_phone(firm, sign_in, keep, name):
    page = sign_in(name, **PHONE)
    too_wide, too_small = [], []
    for called, path in _pages(firm, name):
        page.goto(f"{firm.url}{path}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            too_wide.append(path)
        too_small += [(path, text) for text in page.evaluate(_SMALL)]
        keep(page, f"{called}-{name}-phone")
    assert too_wide == []
    assert too_small == []


#: WCAG 2.2, 2.5.8: what is touched is at least 24 by 24 pixels, links in a sentence apart.
_SMALL = """[...document.querySelectorAll('button, summary, select, .button, .lane')]
    .filter(one => one.checkVisibility() && !one.classList.contains('link'))
    .filter(one => { const box = one.getBoundingClientRect();
        return box.width > 1 && (box.width < 24 || box.height < 24); })
    .map(one => one.outerHTML.slice(0, 120))"""


def test_a_call_is_worked_with_touch_on_a_phone(firm, sign_in, keep):
    page = sign_in("raul", **PHONE)
    page.goto(f"{firm.url}/queue?lane=now")
    page.tap(".rail form[action*=next] button")
    page.wait_for_url("**/queue/*")
    expect(page.locator("#part-call button.big")).to_be_visible()
    page.tap("#outcomes button[value=voicemail]")
    expect(page.locator("#undo")).to_be_visible()
    keep(page, "undo-phone")
    page.tap("#undo button")
    expect(page.locator(".toast.done")).to_contain_text("Deshecho")
