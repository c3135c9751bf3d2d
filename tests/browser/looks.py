"""What axe-core says of a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SERIOUS = {"serious", "critical"}


def serious(page: Page) -> list[tuple[str, str]]:
    """The rules that are broken seriously, with the piece of the page that breaks them."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        (one["id"], node["html"][:160])
        for one in found
        if one["impact"] in _SERIOUS
        for node in one["nodes"]
    ]
