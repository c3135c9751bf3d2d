"""Whatever anybody sends to a page, as any role: an answer, never a failure of ours.

The requests are made from the app's own description. FUZZ sets how many of each kind.
"""

import os
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings

from recovery.services.reps.attachments import Attachment, Attachments
from recovery.services.users.user import Role
from tests.databases import Template
from tests.queue_world import Floor
from tests.web_world import HOST, Browser, WebWorld, web_world

_EXAMPLES = int(os.environ.get("FUZZ", "4"))
_SEED = int(os.environ.get("FUZZ_SEED", "1"))
#: They end the session that the next requests need; other tests ask them.
_LEFT_OUT = {"/sign-out"}
_TAKEN = ("method", "url", "params", "data", "json", "content")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, migrated: Template):
    with web_world(tmp_path_factory.mktemp("fuzz"), migrated) as made:
        # Small numbers come up most: they are people in the queue, and a message with files.
        floor = Floor(made.recovery.database, now=made.now)
        for case in floor.people(5):
            floor.reply(case, raw={"MediaContentType0": "audio/ogg"})
        made.recovery.reps.queue.refresh()
        played = Attachments(lambda _sid, number: None if number else Attachment("audio/ogg", b"x"))
        made.recovery.reps.__dict__["attachments"] = played
        yield made


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_no_request_breaks_a_page(web: WebWorld, role: Role | None) -> None:
    # Tries to sign in are limited by address, and these are many.
    place = {"address": f"203.0.113.{len(role or '')}"}
    browser = web.sign_in(web.person(role), **place) if role else web.browser(**place)
    browser.get("/sign-in")
    described = schemathesis.openapi.from_dict(web.app.openapi())
    broken: list[str] = []
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path not in _LEFT_OUT:
            broken += _fuzz(browser, operation)
    assert broken == [], f"FUZZ_SEED={_SEED}"


def _fuzz(browser: Browser, operation: Any) -> list[str]:
    broken: list[str] = []

    @seed(_SEED)
    @settings(
        max_examples=_EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = _answer(browser, case)
        if answer is not None and answer.status_code >= 500:
            broken.append(f"{case.method} {operation.path}: {answer.status_code}")

    ask()
    return broken


def _answer(browser: Browser, case: Any) -> httpx.Response | None:
    given_ = case.as_transport_kwargs(base_url=f"http://{HOST}")
    asked = {name: given_[name] for name in _TAKEN if given_.get(name) is not None}
    headers = {"x-csrf-token": browser.csrf, "origin": f"http://{HOST}"}
    try:
        return browser.client.request(**asked, headers=headers)
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError):
        return None  # no client could send this
