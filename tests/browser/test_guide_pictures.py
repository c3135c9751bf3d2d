"""The pictures of the rep's guide, in its three languages: `docs/images/take` puts them there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.world import Firm

REPS = [("en", "rosa", "Lucía"), ("es", "raul", "Joaquín"), ("pt", "clara", "Thiago")]
_FOLDER = Path("artifacts/guide")
_WINDOW = {"viewport": {"width": 1120, "height": 720}}


@pytest.mark.parametrize(("language", "rep", "person"), REPS)
def test_the_guide_shows_the_pages_as_they_are(
    firm: Firm, sign_in: Callable[..., Page], language: str, rep: str, person: str
) -> None:
    page = sign_in(rep, **_WINDOW)
    page.goto(f"{firm.url}/queue?lane=now")
    expect(page.locator("table")).to_contain_text(person)
    _keep(page, f"queue-{language}")
    page.goto(f"{firm.url}/queue/{firm.case(person)}?lane=now")
    page.keyboard.press("Enter")
    expect(page.locator("#part-call")).to_contain_text("+5")
    _keep(page, f"card-{language}")
    page.keyboard.press("5")
    expect(page.locator("details[data-code=callback]")).to_have_attribute("open", "")
    _keep(page, f"callback-{language}")
    page.goto(f"{firm.url}/queue/{firm.case('Renata')}?lane=replies")
    expect(page.locator("#part-thread")).to_contain_text("o que houve?")
    _keep(page, f"reply-{language}")


def _keep(page: Page, name: str) -> None:
    """What a window shows at once; small, since it is kept with the sources."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(_FOLDER / f"rep-{name}.png"))
