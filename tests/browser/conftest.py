"""A real Chromium at a firm's web app; `make browser` finds one and runs these tests.

`RECOVERY_TEST_BROWSER=/usr/bin/chromium` names it to pytest. Without it they are not collected: the
whole suite needs no browser.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("RECOVERY_TEST_BROWSER", "")
SHOTS = Path("artifacts/screenshots")
#: CI is root in a closed network: no sandbox of its own, and nothing looked up outside.
_ALONE = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
if not CHROMIUM:
    collect_ignore_glob = ["test_*.py"]
else:
    from playwright.sync_api import Browser, Page, expect, sync_playwright

    from tests.browser.world import Firm, a_firm
    from tests.databases import SQLITE, Template

    #: Milliseconds: a busy machine is slow, and only a page that never comes is wrong.
    _PATIENCE = 30_000
    expect.set_options(timeout=_PATIENCE)

    @pytest.fixture(scope="module")
    def firm(
        tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], Template]
    ) -> Iterator[Firm]:
        """A firm of this module's own."""
        with a_firm(tmp_path_factory.mktemp("firm"), templates(SQLITE)) as firm:
            yield firm

    @pytest.fixture(scope="session")
    def chromium() -> Iterator[Browser]:
        """One browser for all tests."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ALONE)
            yield browser
            browser.close()

    @pytest.fixture
    def sign_in(firm: Firm, chromium: Browser) -> Iterator[Callable[..., Page]]:
        """A window of somebody who is signed in; what the page complains of fails the test."""
        complaints: list[str] = []
        firm.all_rest()
        contexts = []

        def open_window(name: str, **looks: Any) -> Page:
            context = chromium.new_context(**{"viewport": {"width": 1360, "height": 860}, **looks})
            contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(_PATIENCE)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda told: complaints.append(told.text) if _is_bad(told) else None)
            _enter(page, firm, name)
            return page

        yield open_window
        for context in contexts:
            context.close()
        assert complaints == []

    def _is_bad(told: Any) -> bool:
        # A refused form answers 4xx, which Chromium tells as an error of the network.
        return told.type == "error" and "Failed to load resource" not in told.text

    def _enter(page: Page, firm: Firm, name: str) -> None:
        user = firm.users[name]
        page.goto(f"{firm.url}/sign-in")
        page.fill("input[name=email]", user.email)
        page.fill("input[name=password]", user.password)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/queue|/sign-in/code"))
        if "/code" in page.url:
            page.fill("input[name=code]", firm.code(name))
            page.keyboard.press("Enter")
            page.wait_for_url("**/queue*")

    @pytest.fixture
    def keep() -> Callable[[Page, str], None]:
        """Keeps a picture of a whole page for people to look at."""
        SHOTS.mkdir(parents=True, exist_ok=True)

        def shoot(page: Page, name: str) -> None:
            page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)

        return shoot
