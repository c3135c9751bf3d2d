"""The page of what needs a person: what a manager lets go on by one button."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery.domain.brakes import BrakeName
from recovery.services.users.user import Role
from tests.databases import Template
from tests.web_world import WebWorld, web_world

_BUTTON = 'name="brake" value="wave"'


@pytest.fixture
def web(tmp_path: Path, migrated: Template) -> Iterator[WebWorld]:
    """A wave of bounces waits for a word."""
    with web_world(tmp_path, migrated) as made:
        wave = {"bounces": 90, "usual": 4, "domain": None}
        made.recovery.brakes.put_on(BrakeName.WAVE, wave)
        yield made


def test_a_manager_lets_a_wave_go_by_a_button_and_the_audit_keeps_who(web: WebWorld) -> None:
    manager = web.person(Role.MANAGER)
    browser = web.sign_in(manager)
    page = browser.get("/status")
    assert "No new cases are opened" in page.text
    assert "check SPF and DKIM first" in page.text
    assert _BUTTON in page.html
    page = browser.follow(browser.send("/status/go", brake="wave"))
    assert "It goes on with the next run" in page.text
    assert _BUTTON not in page.html
    assert web.recovery.brakes.holds() == []
    with web.recovery.database.read() as connection:
        query = "SELECT actor, object FROM audit WHERE action = 'brake released'"
        assert list(connection.exec_driver_sql(query)) == [(manager.email, "wave")]
    page = browser.follow(browser.send("/status/go", brake="wave"))
    assert "Nothing waited for a word" in page.text


def test_a_rep_does_not(web: WebWorld) -> None:
    browser = web.sign_in(web.person(Role.REP))
    assert browser.send("/status/go", brake="wave").status == 403
    assert [hold.name for hold in web.recovery.brakes.holds()] == ["wave"]
