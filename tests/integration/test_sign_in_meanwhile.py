"""What proves somebody changes while they sign in, and codes are guessed side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.users import sessions, store
from recovery.adapters.db.users.sessions import SqlSessionStore
from recovery.errors import Refusal
from recovery.services.users import second_factor
from recovery.services.users.user import NewUser, Role
from tests.databases import Template
from tests.meanwhile import ON_POSTGRESQL, meanwhile, quicker
from tests.web_world import WebWorld, web_world

Patch = pytest.MonkeyPatch
GOOD = "trombone gravel kite"
FROM = {"address": "203.0.113.7"}


@pytest.fixture
def web(tmp_path: Path, migrated: Template) -> Iterator[WebWorld]:
    with web_world(tmp_path, migrated) as made:
        yield made


@pytest.fixture
def other(web: WebWorld) -> Iterator[WebWorld]:
    """Another process of the same installation."""
    world = WebWorld(web.folder, web.database_url)
    yield world
    world.close()


CHANGES = pytest.mark.parametrize(
    "change",
    [
        lambda web, email: web.recovery.users.renew_password(email),
        lambda web, email: web.recovery.users.set_role(email, Role.ADMIN),
        lambda web, email: web.recovery.users.deactivate(email),
        lambda web, email: web.recovery.users.renew_factor(email),
    ],
    ids=["password", "role", "lock", "factor"],
)


def open_sessions(web: WebWorld, person: NewUser) -> int:
    return len(web.recovery.sessions.of(person.email))


@CHANGES
def test_a_password_that_was_proved_before_the_change_lets_nobody_in(
    web: WebWorld, other: WebWorld, monkeypatch: Patch, change: Any
) -> None:
    luis = web.person()
    quicker(monkeypatch, SqlSessionStore, "start", lambda: change(other, luis.email))
    with pytest.raises(Refusal, match="the e-mail address or the password is wrong"):
        web.recovery.sessions.sign_in(luis.email, luis.password, **FROM)
    assert open_sessions(web, luis) == 0


@CHANGES
def test_nor_does_a_code(web: WebWorld, other: WebWorld, monkeypatch: Patch, change: Any) -> None:
    boss = web.person(Role.MANAGER)
    halfway = web.recovery.sessions.sign_in(boss.email, boss.password, **FROM)
    quicker(monkeypatch, SqlSessionStore, "start", lambda: change(other, boss.email))
    with pytest.raises(Refusal, match="sign in again"):
        web.recovery.sessions.give_code(halfway.token, web.code(boss))
    assert open_sessions(web, boss) == 0


def test_who_chose_a_password_just_before_an_admin_gave_another_is_asked_for_that(
    web: WebWorld, other: WebWorld, monkeypatch: Patch
) -> None:
    luis = web.person()
    browser = web.sign_in(luis)
    quicker(
        monkeypatch,
        SqlSessionStore,
        "start",
        lambda: other.recovery.users.renew_password(luis.email),
    )
    browser.send("/account/password", present=luis.password, password=GOOD, again=GOOD)
    assert browser.get("/account").to.startswith("/sign-in")


@ON_POSTGRESQL
def test_a_change_at_the_same_moment_ends_the_session_that_just_began(
    web: WebWorld, other: WebWorld, monkeypatch: Patch
) -> None:
    luis = web.person()
    renew = meanwhile(
        monkeypatch, sessions, "user_of", lambda: other.recovery.users.renew_password(luis.email)
    )
    web.recovery.sessions.sign_in(luis.email, luis.password, **FROM)
    renew.join()
    assert open_sessions(web, luis) == 0


def guess_wrong(web: WebWorld, person: NewUser) -> None:
    with pytest.raises(Refusal):
        web.recovery.users.check_factor(person.email, "000000")


def wrong_codes(web: WebWorld) -> int:
    return web.everything_stored().count("'factor.refused'")


def test_the_last_guess_is_the_last_though_another_was_begun(
    web: WebWorld, other: WebWorld, monkeypatch: Patch
) -> None:
    boss = web.person(Role.MANAGER)
    for _ in range(4):
        guess_wrong(web, boss)

    quicker(monkeypatch, second_factor, "step_of", lambda: guess_wrong(other, boss))
    with pytest.raises(Refusal, match="too many wrong codes"):
        web.recovery.users.check_factor(boss.email, web.code(boss))
    assert wrong_codes(web) == 5


@ON_POSTGRESQL
def test_guesses_at_the_same_moment_are_looked_at_one_by_one(
    web: WebWorld, other: WebWorld, monkeypatch: Patch
) -> None:
    boss = web.person(Role.MANAGER)
    for _ in range(4):
        guess_wrong(web, boss)
    second = meanwhile(monkeypatch, store, "audit", lambda: guess_wrong(other, boss))
    guess_wrong(web, boss)
    second.join()
    assert wrong_codes(web) == 5


def test_a_code_of_a_factor_that_was_changed_meanwhile_is_a_wrong_one(
    web: WebWorld, other: WebWorld, monkeypatch: Patch
) -> None:
    boss, renew = web.person(Role.MANAGER), other.recovery.users.renew_factor
    quicker(monkeypatch, second_factor, "step_of", lambda: renew(boss.email))
    with pytest.raises(Refusal, match="wrong or too old"):
        web.recovery.users.check_factor(boss.email, web.code(boss))
