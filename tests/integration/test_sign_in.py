"""Signing in as a browser sees it: what is asked, what is limited, and when a session ends."""

import hashlib
from pathlib import Path

import pytest

from recovery.services.users.user import Role
from tests.databases import Template
from tests.web_world import HOST, WebWorld, web_world

GOOD = "trombone gravel kite"


@pytest.fixture
def web(tmp_path: Path, migrated: Template):
    with web_world(tmp_path, migrated) as made:
        yield made


def test_a_stranger_is_led_to_the_form_and_back_to_the_page_asked_for(web: WebWorld):
    browser, ana = web.browser(), web.person(Role.REP)
    asked = browser.get("/account?x=1")
    assert asked.to == "/sign-in?next=%2Faccount%3Fx%3D1"
    browser.follow(asked)
    answer = browser.send("/sign-in", email=ana.email, password=ana.password, next="/account?x=1")
    assert (answer.status, answer.to) == (303, "/account?x=1")
    assert "My account" in browser.follow(answer).text


@pytest.mark.parametrize(
    "next", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(web: WebWorld, next: str):
    browser, ana = web.browser(), web.person()
    browser.get("/sign-in")
    answer = browser.send("/sign-in", email=ana.email, password=ana.password, next=next)
    assert answer.to == "/"


def test_a_manager_gives_a_code_and_has_nothing_before(web: WebWorld):
    browser, boss = web.browser(), web.person(Role.MANAGER)
    browser.get("/sign-in")
    halfway = browser.send("/sign-in", email=boss.email, password=boss.password)
    assert halfway.to == "/sign-in/code"
    assert browser.get("/approvals").to == "/sign-in/code"
    browser.follow(halfway)
    wrong = browser.send("/sign-in/code", code="000000")
    assert wrong.status == 403
    assert "the code is wrong" in wrong.text
    right = browser.send("/sign-in/code", code=web.code(boss))
    assert right.to == "/"
    assert browser.get("/approvals").status == 200


def test_a_code_signs_in_once(web: WebWorld):
    boss = web.person(Role.MANAGER)
    code = web.code(boss)
    answers = []
    for _ in range(2):
        browser = web.browser()
        browser.get("/sign-in")
        browser.follow(browser.send("/sign-in", email=boss.email, password=boss.password))
        answers.append(browser.send("/sign-in/code", code=code).status)
    assert answers == [303, 403]


def test_a_rep_whose_app_was_never_used_needs_no_code(web: WebWorld):
    luis = web.person()
    assert web.sign_in(luis).get("/account").status == 200
    web.recovery.users.check_factor(luis.email, web.code(luis))
    browser = web.browser()
    browser.get("/sign-in")
    answer = browser.send("/sign-in", email=luis.email, password=luis.password)
    assert answer.to == "/sign-in/code"


def test_nobody_learns_which_accounts_exist(web: WebWorld):
    luis, gone = web.person(), web.person(name="gone")
    web.recovery.users.deactivate(gone.email)
    pages = []
    for email, password in (
        (luis.email, "wrong wrong wrong"),
        ("nobody@example.com", "wrong wrong wrong"),
        (gone.email, gone.password),
    ):
        browser = web.browser(address=f"203.0.113.{len(pages)}")
        browser.get("/sign-in")
        page = browser.send("/sign-in", email=email, password=password)
        pages.append((page.status, page.text))
    assert pages[0] == pages[1] == pages[2]
    assert "the e-mail address or the password is wrong" in pages[0][1]


def test_a_password_is_looked_at_as_long_where_there_is_no_account(web: WebWorld):
    luis, looked = web.person(), []
    real = web.recovery.passwords.verify
    web.recovery.passwords.verify = lambda password, hashed: (  # type: ignore[method-assign]
        looked.append(hashed is not None) or real(password, hashed)
    )
    for email in (luis.email, "nobody@example.com"):
        browser = web.browser()
        browser.get("/sign-in")
        browser.send("/sign-in", email=email, password="wrong wrong wrong")
    assert looked == [True, False]


def test_of_200_tries_in_a_minute_ten_are_looked_at_at_most(web: WebWorld):
    luis, browser = web.person(), web.browser()
    looked, real = [], web.recovery.passwords.verify
    web.recovery.passwords.verify = lambda password, hashed: (  # type: ignore[method-assign]
        looked.append(1) or real(password, hashed)
    )
    browser.get("/sign-in")
    for n in range(200):
        email = luis.email if n % 2 else f"guess{n}@example.com"
        browser.send("/sign-in", email=email, password="wrong wrong wrong")
        web.move(seconds=0.3)
    assert 5 <= len(looked) <= 12
    refused = browser.send("/sign-in", email=luis.email, password=luis.password)
    assert "too many failed tries" in refused.text


def test_the_owner_signs_in_elsewhere_while_somebody_guesses(web: WebWorld):
    luis, guesser = web.person(), web.browser(address="198.51.100.1")
    guesser.get("/sign-in")
    for _ in range(20):
        guesser.send("/sign-in", email=luis.email, password="wrong wrong wrong")
    assert web.sign_in(luis, address="203.0.113.9").get("/account").status == 200


def test_forwarded_for_is_no_way_around_the_limit(web: WebWorld):
    luis, browser = web.person(), web.browser()
    browser.get("/sign-in")
    for n in range(20):
        spoofed = {"x-forwarded-for": f"10.0.0.{n}"}
        page = browser.send("/sign-in", spoofed, email=luis.email, password="wrong wrong wrong")
    assert "too many failed tries" in page.text


def test_behind_a_named_proxy_each_client_has_a_limit_of_its_own(
    tmp_path: Path, migrated: Template
):
    with web_world(tmp_path, migrated, trusted_proxies="127.0.0.1") as web:
        luis, browser = web.person(), web.browser(address="127.0.0.1")
        browser.get("/sign-in")
        for _ in range(12):
            client = {"x-forwarded-for": "6.6.6.6, 198.51.100.1"}
            browser.send("/sign-in", client, email=luis.email, password="wrong wrong wrong")
        other = {"x-forwarded-for": "198.51.100.2"}
        right = {"email": luis.email, "password": luis.password}
        assert browser.send("/sign-in", client, **right).status == 403
        assert browser.send("/sign-in", other, **right).status == 303


def test_a_try_that_was_right_counts_for_nothing(web: WebWorld):
    luis = web.person()
    for _ in range(12):
        assert web.sign_in(luis).cookie()


def test_the_token_is_new_at_each_step_and_the_one_before_is_dead(web: WebWorld):
    boss, browser = web.person(Role.MANAGER), web.browser()
    browser.get("/sign-in")
    browser.follow(browser.send("/sign-in", email=boss.email, password=boss.password))
    halfway = browser.cookie()
    browser.send("/sign-in/code", code=web.code(boss))
    full = browser.cookie()
    assert halfway != full
    thief = web.browser()
    thief.client.cookies.set("recovery-session", halfway, domain=HOST)
    assert thief.get("/approvals").to == "/sign-in?next=%2Fapprovals"


def test_the_database_holds_no_token(web: WebWorld):
    browser = web.sign_in(web.person())
    stored = web.everything_stored()
    token = browser.cookie()
    assert token not in stored
    assert hashlib.sha256(token.encode()).hexdigest() in stored


def test_the_cookie_is_for_this_site_and_not_for_scripts(web: WebWorld):
    luis, browser = web.person(), web.browser()
    browser.get("/sign-in")
    answer = browser.send("/sign-in", email=luis.email, password=luis.password)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_under_https_the_cookie_is_bound_to_host_and_https(tmp_path: Path, migrated: Template):
    with web_world(tmp_path, migrated, public_url=f"https://{HOST}") as web:
        luis, browser = web.person(), web.browser()
        page = browser.get("/sign-in")
        assert "max-age" in page.headers["strict-transport-security"]
        form = page.headers["set-cookie"].split(";")[0]
        answer = browser.send(
            "/sign-in",
            {"cookie": form, "origin": f"https://{HOST}"},
            email=luis.email,
            password=luis.password,
        )
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-recovery-session=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_a_session_that_nobody_uses_ends_after_half_an_hour(web: WebWorld):
    browser = web.sign_in(web.person())
    for _ in range(3):
        web.move(minutes=29)
        assert browser.get("/account").status == 200
    web.move(minutes=31)
    assert browser.get("/account").to.startswith("/sign-in")


def test_what_a_page_asks_for_by_itself_keeps_no_session_alive(web: WebWorld):
    browser = web.sign_in(web.person())
    web.move(minutes=20)
    assert browser.get("/account", **{"x-background": "1"}).status == 200
    web.move(minutes=11)
    assert browser.get("/account").to.startswith("/sign-in")


def test_somebody_who_types_stays_signed_in(web: WebWorld):
    browser = web.sign_in(web.person())
    for _ in range(4):
        web.move(minutes=20)
        assert browser.send("/session/alive").status == 204
    assert browser.get("/account").status == 200


def test_every_session_ends_after_twelve_hours(web: WebWorld):
    browser = web.sign_in(web.person())
    for _ in range(29):
        web.move(minutes=25)
        browser.get("/account")
    assert browser.get("/account").to.startswith("/sign-in")


def test_signing_out_ends_it_on_the_server(web: WebWorld):
    browser = web.sign_in(web.person())
    token = browser.cookie()
    out = browser.send("/sign-out")
    assert out.to == "/sign-in"
    assert "cache" in out.headers["clear-site-data"]
    thief = web.browser()
    thief.client.cookies.set("recovery-session", token, domain=HOST)
    assert thief.get("/account").to.startswith("/sign-in")


def _change_password(web: WebWorld, luis, browser):
    browser.send("/account/password", present=luis.password, password=GOOD, again=GOOD)


@pytest.mark.parametrize(
    "change",
    [
        lambda web, email: web.recovery.users.renew_password(email),
        lambda web, email: web.recovery.users.set_role(email, Role.MANAGER),
        lambda web, email: web.recovery.users.deactivate(email),
        lambda web, email: web.recovery.users.renew_factor(email),
        lambda web, email: web.recovery.users.choose_password(email, GOOD),
    ],
    ids=["password", "role", "lock", "factor", "own password"],
)
def test_sessions_end_when_what_proves_somebody_changes(web: WebWorld, change):
    luis = web.person()
    first, second = web.sign_in(luis), web.sign_in(luis)
    change(web, luis.email)
    assert first.get("/account").to.startswith("/sign-in")
    assert second.get("/account").to.startswith("/sign-in")


def test_whoever_changes_their_password_stays_and_the_others_go(web: WebWorld):
    luis = web.person()
    here, there = web.sign_in(luis), web.sign_in(luis)
    before = here.cookie()
    _change_password(web, luis, here)
    assert here.cookie() != before
    assert here.get("/account").status == 200
    assert there.get("/account").to.startswith("/sign-in")
    assert web.sign_in(luis, GOOD)
