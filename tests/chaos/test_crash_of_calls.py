"""T2 for calls: whoever places one dies at each point; no phone rings twice, no result is lost."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.db.queries.calls import doubtful_calls, live_call
from recovery.domain.phone_call import CarrierResult
from recovery.services.calls.store import CallRefused
from tests.calls_world import MEXICAN_LINE, PHONES, REP, Office, calling_office, equip
from tests.chaos.processes import Warm
from tests.chaos.test_crash_of_the_web import free_port, until_served
from tests.installation import MEXICAN, Home
from tests.web_server import eventually


@pytest.fixture
def home(make_home: Callable[..., Home]) -> Home:
    """An installation whose account owns both lines."""
    return make_home(voice_also=frozenset({MEXICAN_LINE}))


def lines(home: Home) -> dict[str, Any]:
    """The settings of calls, as a child process is told them."""
    twilio = home.settings.twilio
    secret = twilio.auth_token
    assert secret
    told = twilio.model_dump(exclude_none=True, exclude={"auth_token"})
    return {"twilio": {**told, "auth_token": secret.get_secret_value()}}


def an_hour_later(office: Office) -> None:
    """Schedules run: looks at 2, 10 and 60 minutes, and at what is open."""
    for minutes in (3, 8, 52):
        office.pass_time(minutes=minutes)
        office.home.run("record")


def judged(office: Office) -> None:
    """Each order rang its rep at most once, and the person rang at most once in all."""
    rows = office.home.sandbox.ledger("call")
    orders = Counter(row["callback"] for row in rows if row["parent"] is None)
    assert all(times == 1 for times in orders.values()), orders
    assert office.rang().count(MEXICAN) <= 1
    known = {row["sid"] for row in office.home.rows("SELECT sid FROM placed_call")}
    assert {row["sid"] for row in rows if row["parent"] is None} <= known
    assert live_call(office.home.fresh.database, REP) is None


@pytest.mark.parametrize("point", ["P03", "P04", "P05", "P06", "P07", "P08"])
def test_who_places_a_call_may_die_anywhere(home: Home, warm: Warm, point: str) -> None:
    with calling_office(home) as office:
        office.rep()
        case = office.due_call()
        wish = {"rep": REP, "case": case}
        status = warm.run(home, [("call", wish)], crash=f"{point}:kill", settings=lines(home))
        assert status == -9, (home.settings.home / "child.log").read_text()[-2000:]
        has_left = point in ("P06", "P07", "P08")
        if has_left:
            # Twilio may still be reading what the dead process sent.
            eventually(lambda: home.sandbox.ledger("call"))
        an_hour_later(office)
        judged(office)
        rang = office.rang().count(MEXICAN)
        assert rang == has_left
        again = {"P03": 1, "P04": 1}.get(point, 0)
        try:
            office.call(case)
        except CallRefused:
            assert not again
        else:
            assert again
            an_hour_later(office)
        judged(office)
        state = office.state(case)
        if rang or again:
            assert state.result is CarrierResult.ANSWERED
            assert state.seconds
        else:
            assert [one.case_id for one in doubtful_calls(home.fresh.database)] == [case]


@pytest.mark.parametrize("point", ["P09", "P10", "P30"])
def test_the_receiver_may_die_while_a_call_is_on(home: Home, warm: Warm, point: str) -> None:
    port = free_port()
    office = equip(home, f"http://127.0.0.1:{port}")
    office.rep()
    case = office.due_call()
    warm.begin(home, [("web", port)], crash=f"{point}:kill", settings=lines(home))
    until_served(port)
    office.call(case)
    office.pass_time(minutes=2)
    (home.settings.home / "stop").touch()
    assert warm.wait() == -9
    an_hour_later(office)
    for _ in range(13 if point == "P30" else 1):
        home.move(minutes=30)
        home.run("record")
    judged(office)
    assert MEXICAN not in office.rang()
    assert office.rang() == [PHONES[REP]]
    doubt = point == "P30"
    assert office.state(case).may_be_repeated is not doubt
    assert len(doubtful_calls(home.fresh.database)) == doubt
