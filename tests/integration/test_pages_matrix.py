"""Every page × every method × every role and a stranger, read from the route table."""

import pytest
from fastapi.routing import APIRoute

from recovery.services.users.user import Role
from recovery.web.pages import guard
from tests.databases import Template
from tests.web_routes import Way, pages, ways
from tests.web_world import Browser, Page, WebWorld, web_world

_GUARDS = {guard.anyone, guard.halfway}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, migrated: Template):
    with web_world(tmp_path_factory.mktemp("web"), migrated) as made:
        yield made


@pytest.fixture(scope="module")
def browsers(web: WebWorld) -> dict[Role | None, Browser]:
    signed_in: dict[Role | None, Browser] = {
        role: web.sign_in(web.person(role), address=f"203.0.113.{n}") for n, role in enumerate(Role)
    }
    stranger = web.browser()
    stranger.get("/sign-in")
    return {**signed_in, None: stranger}


def _ask(browser: Browser, way: Way, **fields: str) -> Page:
    if not way.changes:
        return browser.get(way.path)
    headers = {"origin": "http://recovery.test"}
    return Page(browser.client.request(way.method, way.path, data=fields, headers=headers))


def _is_refused(page: Page) -> bool:
    return page.status in (401, 403) or page.to.startswith("/sign-in")


def _ends_the_session(way: Way) -> bool:
    return way.path == "/sign-out"


def test_every_page_has_a_guard(web: WebWorld):
    def guards(route: APIRoute) -> list[object]:
        calls = [part.call for part in route.dependant.dependencies]
        return [call for call in calls if call in _GUARDS or hasattr(call, "role")]

    assert [route.path for route in pages() if len(guards(route)) != 1] == []


def test_nobody_gets_a_page_that_is_not_for_them(web: WebWorld, browsers):
    let_in = []
    for way in ways():
        for role, browser in browsers.items():
            if way.role is None or (role and role.covers(way.role)):
                continue
            page = _ask(browser, way, csrf=browser.csrf)
            if not _is_refused(page):
                let_in.append((str(way), role, page.status))
    assert let_in == []


def test_everybody_gets_the_pages_that_are_for_them(web: WebWorld, browsers):
    turned_away = []
    for way in ways():
        for role, browser in browsers.items():
            allowed = way.role is None or (role and role.covers(way.role))
            if not allowed or way.changes:
                continue
            page = _ask(browser, way)
            if page.status >= 500 or (way.role and _is_refused(page)):
                turned_away.append((str(way), role, page.status, page.to))
    assert turned_away == []


@pytest.mark.parametrize("token", [None, "", "0" * 64], ids=["none", "empty", "foreign"])
def test_nothing_changes_without_the_forms_token(web: WebWorld, browsers, token):
    taken = []
    for way in filter(lambda way: way.changes, ways()):
        for role, browser in browsers.items():
            fields = {} if token is None else {"csrf": token}
            page = _ask(browser, way, **fields)
            if page.status != 403 and not _is_refused(page):
                taken.append((str(way), role, page.status))
    assert taken == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_nothing_changes_by_another_sites_form(web: WebWorld, browsers, headers):
    taken = []
    for way in filter(lambda way: way.changes, ways()):
        for role, browser in browsers.items():
            sent = {"csrf": browser.csrf}
            page = Page(browser.client.request(way.method, way.path, data=sent, headers=headers))
            if page.status != 403:
                taken.append((str(way), role, page.status))
    assert taken == []


def test_no_form_of_ours_breaks_whatever_is_missing_in_it(web: WebWorld, browsers):
    broken = []
    for way in filter(lambda way: way.changes, ways()):
        for role, browser in browsers.items():
            if _ends_the_session(way):
                continue
            page = _ask(browser, way, csrf=browser.csrf)
            if page.status >= 500:
                broken.append((str(way), role, page.status))
    assert broken == []


@pytest.mark.parametrize("said", [["1\0"], ["1\0", "2"], ["1", "2\0"]], ids=repr)
def test_no_text_with_nul_in_it_is_taken_however_often_a_field_is_sent(
    web: WebWorld, browsers, said
):
    manager = browsers[Role.MANAGER]
    form = manager.send("/lists", contact=said)
    query = Page(manager.client.get("/lists", params={"status": said}))
    assert [form.status, query.status] == [422, 422]
    assert manager.send("/lists", contact=["1", "2"]).to == "/lists"


def test_every_answer_carries_the_headers(web: WebWorld, browsers):
    lacking = []
    for way in ways():
        for browser in browsers.values():
            if _ends_the_session(way):
                continue
            headers = _ask(browser, way).headers
            policy = headers.get("content-security-policy", "")
            right = (
                "default-src 'none'" in policy
                and "frame-ancestors 'none'" in policy
                and "unsafe" not in policy
                and headers.get("x-content-type-options") == "nosniff"
                and headers.get("referrer-policy") == "same-origin"
                and headers.get("cache-control") == "no-store"
            )
            if not right:
                lacking.append(str(way))
    assert lacking == []


def test_no_page_has_script_or_style_in_it(web: WebWorld, browsers):
    found = []
    for way in filter(lambda way: not way.changes, ways()):
        for browser in browsers.values():
            html = _ask(browser, way).html.lower()
            if "<style" in html or " style=" in html or " onclick=" in html or "<script>" in html:
                found.append(str(way))
    assert found == []


def test_the_description_for_fuzzers_knows_the_pages_and_is_not_served(web: WebWorld, browsers):
    described = web.app.openapi()["paths"]
    assert {route.path for route in pages()} <= set(described)
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert browsers[Role.ADMIN].get(path).status == 404


def test_pages_of_files_may_be_kept_and_only_by_their_hash(web: WebWorld, browsers):
    html = browsers[Role.REP].get("/account").html
    (versioned,) = {part for part in html.split('"') if part.startswith("/static/app.css")}
    browser = web.browser()
    assert "immutable" in browser.get(versioned).headers["cache-control"]
    assert browser.get("/static/app.css").headers["cache-control"] == "no-cache"
    assert browser.get("/static/../pages/guard.py").status == 404
    assert browser.get("/static/%2e%2e/pages/guard.py").status == 404
