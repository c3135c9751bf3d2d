"""Invitations, the team, one's own account and the second factor, page by page."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest

from recovery.adapters.db.audit import broken_at
from recovery.errors import Refusal
from recovery.services.ports import CrmUser
from recovery.services.users.user import Role, Theme
from tests.databases import Template
from tests.web_world import Browser, Page, WebWorld, web_world

GOOD = "trombone gravel kite"
_LINK = re.compile(r'id="link">([^<]+)<')


@pytest.fixture
def web(tmp_path: Path, migrated: Template):
    with web_world(tmp_path, migrated) as made:
        yield made


@pytest.fixture
def admin(web: WebWorld) -> Browser:
    return web.sign_in(web.person(Role.ADMIN))


def _link(page: Page) -> str:
    found = _LINK.search(page.html)
    assert found, page.text
    return urlsplit(found[1]).path


def test_an_invited_person_chooses_a_password_and_signs_in_with_it(web: WebWorld, admin: Browser):
    link = _link(admin.send("/team/invite", email="Nueva@Example.com ", role="rep", language="es"))
    guest = web.browser(language="es")
    assert "nueva@example.com" in guest.get(link).text
    chosen = guest.send(link, password=GOOD, again=GOOD)
    assert "Tu contraseña está lista" in guest.follow(chosen).text
    answer = guest.send("/sign-in", email="nueva@example.com", password=GOOD)
    assert answer.to == "/"
    assert "Mi cuenta" in guest.get("/account").text


def test_a_link_is_good_once_and_for_a_week(web: WebWorld, admin: Browser):
    first = _link(admin.send("/team/invite", email="one@example.com", role="rep"))
    guest = web.browser()
    guest.get(first)
    guest.send(first, password=GOOD, again=GOOD)
    assert guest.get(first).status == 404
    late = _link(admin.send("/team/invite", email="two@example.com", role="rep"))
    web.move(days=7)
    assert "has run out" in guest.get(late).text
    assert guest.send(late, password=GOOD, again=GOOD).status == 404


def test_a_newer_link_ends_the_older_and_the_old_password_lasts_until_it_is_used(web: WebWorld):
    luis = web.person()
    older, newer = (web.recovery.users.renew_link(luis.email) for _ in range(2))
    assert web.browser().get(f"/invitation/{older}").status == 404
    assert web.sign_in(luis)
    web.recovery.users.accept(newer, GOOD)
    assert web.sign_in(luis, GOOD)
    with pytest.raises(AssertionError):
        web.sign_in(luis)


def test_the_link_is_not_in_the_database(web: WebWorld, admin: Browser):
    link = _link(admin.send("/team/invite", email="one@example.com", role="rep"))
    stored = b"".join(path.read_bytes() for path in web.folder.glob("recovery.db*"))
    assert link.rsplit("/", 1)[1].encode() not in stored


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("short", "short", "at least 12 characters"),
        (GOOD, GOOD + "s", "the two passwords differ"),
        ("password1234", "password1234", "among the first that are tried"),
        ("casa-prado-2026", "casa-prado-2026", "little but your own names"),
    ],
)
def test_a_poor_password_is_refused_with_what_to_do(web, admin, password, again, told):
    link = _link(admin.send("/team/invite", email="one@example.com", role="rep"))
    guest = web.browser()
    guest.get(link)
    page = guest.send(link, password=password, again=again)
    assert page.status == 422
    assert told in page.text
    assert guest.get(link).status == 200


def test_an_invited_manager_sets_up_a_factor_before_anything_else(web: WebWorld, admin: Browser):
    link = _link(admin.send("/team/invite", email="boss@example.com", role="manager"))
    guest = web.browser()
    guest.get(link)
    guest.follow(guest.send(link, password=GOOD, again=GOOD))
    guest.send("/sign-in", email="boss@example.com", password=GOOD)
    assert guest.get("/approvals").to == "/account/factor"
    page = guest.get("/account/factor")
    secret = re.search(r'class="key">([A-Z2-7 ]+)<', page.html)[1].replace(" ", "")
    offer = re.search(r'name="offer" value="([^"]+)"', page.html)[1]
    wrong = guest.send("/account/factor", offer=offer, code="000000")
    assert "the code is wrong" in wrong.text
    assert offer in wrong.html
    code = pyotp.TOTP(secret).at(web.now)
    assert guest.send("/account/factor", offer=offer, code=code).to == "/account"
    assert guest.get("/approvals").status == 200
    with pytest.raises(Refusal, match="used already"):
        web.recovery.users.check_factor("boss@example.com", code)


def test_another_factor_needs_the_password_and_ends_other_sessions(web: WebWorld):
    boss = web.person(Role.MANAGER)
    here, there = web.sign_in(boss), web.sign_in(boss)
    page = here.get("/account/factor")
    secret = re.search(r'class="key">([A-Z2-7 ]+)<', page.html)[1].replace(" ", "")
    offer = re.search(r'name="offer" value="([^"]+)"', page.html)[1]
    code = pyotp.TOTP(secret).at(web.now)
    refused = here.send("/account/factor", offer=offer, code=code, password="nope nope nope")
    assert "the present password is wrong" in refused.text
    assert here.send("/account/factor", offer=offer, code=code, password=boss.password).to
    assert here.get("/approvals").status == 200
    assert there.get("/approvals").to.startswith("/sign-in")


def test_an_offer_is_worth_nothing_to_somebody_else(web: WebWorld):
    luis, eva = web.person(), web.person(name="eva")
    secret, _, offer = web.recovery.users.offer_factor(luis.email)
    with pytest.raises(Refusal, match="somebody else"):
        web.recovery.users.confirm_factor(eva.email, offer, pyotp.TOTP(secret).at(web.now))


def test_people_decide_about_their_name_language_theme_zone_and_phone(web: WebWorld):
    luis = web.person()
    browser = web.sign_in(luis)
    browser.follow(
        browser.send(
            "/account",
            name="  Luis   Ortega ",
            language="pt",
            theme="dark",
            zone="America/Manaus",
            phone="+52 (55) 1234-5678",
        )
    )
    user = web.recovery.users.get(luis.email)
    assert (user.name, user.language, user.theme) == ("Luis Ortega", "pt", Theme.DARK)
    assert (user.zone, user.phone) == ("America/Manaus", "+525512345678")
    page = browser.get("/account")
    assert 'data-theme="dark"' in page.html
    assert "Minha conta" in page.text


def test_a_phone_that_cannot_be_read_is_told_on_the_next_page_once(web: WebWorld):
    browser = web.sign_in(web.person())
    sent = browser.send("/account", language="en", theme="light", phone="12")
    assert "this phone number cannot be read" in browser.follow(sent).text
    assert "cannot be read" not in browser.get("/account").text


def test_nobody_makes_themselves_an_admin_by_a_field_more(web: WebWorld):
    luis = web.person()
    browser = web.sign_in(luis)
    more = {"role": "admin", "active": "true", "email": "other@example.com", "totp": ""}
    browser.send("/account", language="en", theme="light", **more)
    user = web.recovery.users.get(luis.email)
    assert (user.role, user.totp is not None) == (Role.REP, True)


def test_nobody_ends_a_session_of_somebody_else(web: WebWorld):
    luis, eva = web.person(), web.person(name="eva")
    mine, other = web.sign_in(luis), web.sign_in(eva)
    (theirs,) = web.recovery.sessions.of(eva.email)
    mine.send("/account/sessions", id=theirs.id)
    assert other.get("/account").status == 200
    again = web.sign_in(luis)
    own = web.recovery.sessions.of(luis.email)
    for session in own:
        again.send("/account/sessions", id=session.id)
    assert mine.get("/account").to.startswith("/sign-in")


def test_an_admin_gives_roles_locks_out_and_lets_in(web: WebWorld, admin: Browser):
    luis = web.person()
    browser = web.sign_in(luis)
    admin.send("/team/role", email=luis.email, role="manager")
    assert web.recovery.users.get(luis.email).role is Role.MANAGER
    assert browser.get("/account").to.startswith("/sign-in")
    admin.send("/team/lock", email=luis.email)
    assert not web.recovery.users.get(luis.email).active
    admin.send("/team/unlock", email=luis.email)
    assert web.sign_in(luis)


def test_a_lost_factor_is_taken_away_and_set_up_anew(web: WebWorld, admin: Browser):
    boss = web.person(Role.MANAGER)
    admin.send("/team/factor", email=boss.email)
    browser = web.browser()
    browser.get("/sign-in")
    assert browser.send("/sign-in", email=boss.email, password=boss.password).to == "/"
    assert browser.get("/approvals").to == "/account/factor"


@pytest.mark.parametrize("act", ["/team/lock", "/team/role"])
def test_the_last_admin_stays(web: WebWorld, admin: Browser, act: str):
    told = admin.follow(admin.send(act, email="admin@example.com", role="rep"))
    assert "this is the last active admin" in told.text
    other = web.person(Role.ADMIN, "other")
    admin.send(act, email=other.email, role="rep")
    user = web.recovery.users.get(other.email)
    assert not (user.active and user.role is Role.ADMIN)


def test_users_are_matched_with_keap_by_their_address(web: WebWorld, admin: Browser):
    luis = web.person()
    web.keap.found = [
        CrmUser("7", "Luis", "REP@example.com", is_active=True),
        CrmUser("8", "Gone", "admin@example.com", is_active=False),
    ]
    assert "Matched anew with Keap: 1." in admin.follow(admin.send("/team/keap")).text
    assert web.recovery.users.get(luis.email).keap_user_id == "7"
    assert web.recovery.users.get("admin@example.com").keap_user_id is None


def test_who_changed_what_is_in_the_audit_without_a_secret(web: WebWorld, admin: Browser):
    admin.send("/team/invite", email="one@example.com", role="rep")
    admin.send("/team/role", email="one@example.com", role="manager")
    admin.send("/team/lock", email="one@example.com")
    with web.recovery.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, actor FROM audit WHERE object = 'one@example.com' ORDER BY id"
        ).all()
    assert [action for action, _ in rows] == [
        "user.added",
        "user.invited",
        "user.role_changed",
        "user.deactivated",
    ]
    assert {actor for _, actor in rows} == {"admin@example.com"}
    assert broken_at(web.recovery.database) is None


def test_names_are_shown_as_text_whatever_is_in_them(web: WebWorld, admin: Browser):
    luis = web.person()
    browser = web.sign_in(luis)
    payload = "<script>alert(1)</script>{{7*7}}"
    browser.send("/account", name=payload, language="en", theme="light")
    for page in (browser.get("/account"), admin.get("/team")):
        assert "<script>alert" not in page.html
        assert "&lt;script&gt;alert(1)" in page.html
        assert "{{7*7}}" in page.html


def test_a_broken_page_says_what_to_do_and_logs_no_words(web, monkeypatch, caplog):
    browser = web.sign_in(web.person())

    def broken(*_: object) -> None:
        raise ValueError("ana.souza@empresa.example")

    monkeypatch.setattr("recovery.services.users.sessions.Sessions.of", broken)
    page = browser.get("/account")
    assert page.status == 500
    assert "give your admin the number below" in page.text
    assert "souza" not in page.html + caplog.text
    number = re.search(r"Number: ([0-9a-f]{8})", page.text)[1]
    assert number in caplog.text
    assert "ValueError" in caplog.text


def test_a_body_beyond_every_form_is_refused(web: WebWorld):
    browser = web.sign_in(web.person())
    page = browser.send("/account", language="en", theme="light", name="x" * (11 * 2**20))
    assert page.status == 413


def test_scripts_get_errors_as_json(web: WebWorld):
    browser = web.browser()
    answer = browser.client.get("/account", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (401, {"error": "sign in"})
    signed_in = web.sign_in(web.person())
    refused = signed_in.client.get("/team", headers={"accept": "application/json"})
    assert (refused.status_code, "error" in refused.json()) == (403, True)
