"""Each step leaves at most once, whatever breaks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.errors import AuthorizationLost, Call
from recovery.services.pipeline import Throttle
from recovery.services.ports import ApprovalStatus, OutboundMessage, SendAnswer, SendResult
from recovery.services.reach import drafting
from recovery.services.wording import message_values
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Crash, Home


def crash(*_: Any, **__: Any) -> Any:
    raise Crash


def raising(error: Exception) -> Callable[..., Any]:
    def run(*_: Any) -> Any:
        raise error

    return run


def before(broken: Callable[..., Any]) -> Callable[..., Any]:
    del broken
    return crash


def after(whole: Callable[..., Any]) -> Callable[..., Any]:
    def run(*given: Any, **more: Any) -> Any:
        whole(*given, **more)
        raise Crash

    return run


def nothing_left(*_: Any) -> SendAnswer:
    return SendAnswer(SendResult.IN_DOUBT)


def in_doubt(home: Home) -> str:
    """A contact whose first message never arrived, which nobody can tell yet."""
    contact = home.contact()
    home.run("pull", "route")
    home.faults("timeout", match="POST .*Messages")
    home.run("reach")
    return contact


def settled_by_record(home: Home, contact: str) -> str:
    """The state of the first message after all three looks."""
    for minutes in (3, 9, 60, 60):
        home.move(minutes=minutes)
        home.run("record")
    return str(home.step(contact)["state"])


def check_ledger(home: Home) -> None:
    """At most one message a person and step; a row for every message at the provider."""
    sent = home.messages()
    assert len({(m["line"], m["content_name"]) for m in sent}) == len(sent)
    sids = {row["sid"] for row in home.rows("SELECT sid FROM attempt WHERE sid IS NOT NULL")}
    assert {m["sid"] for m in sent} <= sids


POINTS = [
    ("intend", before, 1),
    ("intend", after, 1),
    ("begin_sending", before, 1),
    ("begin_sending", after, 0),
    ("settle", before, 1),
    ("settle", after, 1),
]


@pytest.mark.parametrize(("method", "when", "expected"), POINTS)
def test_a_crash_at_any_commit_never_sends_twice_and_loses_no_message(
    home: Home, method: str, when: Any, expected: int
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, method, when(getattr(SqlReachStore, method)))
        with pytest.raises(Crash):
            home.fresh.stages.reach()
    home.restart()
    home.run("record", "pull", "route", "reach", "record")
    state = settled_by_record(home, contact)
    home.run("route", "reach")
    assert len(home.messages()) == expected
    check_ledger(home)
    assert state in (("delivered", "read") if expected else ("absent",))


def test_what_was_only_intended_is_sent_once_after_a_full_pull_and_a_routing(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, "begin_sending", crash)
        with pytest.raises(Crash):
            home.fresh.stages.reach()
    home.change(contact, fields={"given_name": "Anita"})
    home.next_day(8)
    home.restart()
    home.send()
    home.send()
    assert [m["variables"]["1"] for m in home.messages()] == ["Anita"]


@pytest.mark.parametrize("left", [True, False])
def test_a_kill_while_the_request_is_out_is_settled_by_listing(home: Home, left: bool) -> None:
    contact = home.contact()
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, "settle", crash)
        if not left:
            broken.setattr(TwilioMessenger, "send", nothing_left)
        with pytest.raises(Crash):
            home.fresh.stages.reach()
    home.restart()
    home.run("record")
    assert home.step(contact)["state"] == "in_doubt"
    home.move(minutes=3)
    home.run("record", "route", "reach")
    assert (home.step(contact)["sid"] is not None) is left
    home.move(minutes=9)
    home.run("record")
    home.move(minutes=60)
    home.run("record", "route", "reach")
    assert home.step(contact)["state"] == ("delivered" if left else "absent")
    assert len(home.messages()) == left


def test_an_absent_message_is_never_sent_again_but_called(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.faults("timeout", match="POST .*Messages")
    reports = home.run("reach")
    assert reports["reach"].counts["in_doubt"] == 1
    assert settled_by_record(home, contact) == "absent"
    for _ in range(4):
        home.next_day()
        home.run("record", "pull", "route", "reach")
    assert home.messages() == []
    assert home.step(contact, "c1")["state"] == "queued"


def test_a_late_callback_repairs_an_absent_message_and_cancels_its_call(home: Home) -> None:
    contact = in_doubt(home)
    settled_by_record(home, contact)
    home.next_day(3)
    home.run("route", "reach", "record")
    assert home.step(contact, "c1")["state"] == "queued"
    assert len(home.written("task_created", contact)) == 1
    callback(home, home.step(contact)["token"], "SM" + "a" * 32, "delivered")
    home.run("record", "record")
    assert home.step(contact)["state"] == "delivered"
    assert home.step(contact)["sid"] == "SM" + "a" * 32
    assert home.step(contact, "c1")["state"] == "cancelled"
    assert home.shown(contact)["tasks"][0]["completed"] is True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[OutboundMessage]:
    """Every message that the provider was asked to send, without the moment it had to leave by."""
    found: list[OutboundMessage] = []
    send = TwilioMessenger.send

    def remembered(self: TwilioMessenger, message: OutboundMessage) -> SendAnswer:
        found.append(replace(message, leave_by=None))
        return send(self, message)

    monkeypatch.setattr(TwilioMessenger, "send", remembered)
    return found


def test_a_message_that_appears_after_the_last_look_is_found_a_day_later(
    home: Home, asked: list[OutboundMessage]
) -> None:
    contact = in_doubt(home)
    settled_by_record(home, contact)
    assert home.step(contact)["state"] == "absent"
    home.fresh.messenger.send(asked[0])
    home.next_day(3)
    home.run("route", "reach", "record")
    assert home.step(contact)["sid"] == home.messages()[0]["sid"]
    assert home.step(contact, "c1")["state"] == "cancelled"


def test_a_doubt_takes_no_message_while_another_of_the_same_text_is_on_its_way(
    home: Home, asked: list[OutboundMessage]
) -> None:
    contact = in_doubt(home)
    home.move(minutes=3)
    with home.another().leases.hold("writing") as lease:
        on_its_way(home, home.step(contact)["id"], lease.epoch)
        theirs = home.fresh.messenger.send(replace(asked[0], token="w1")).sid
        home.run("record")
        doubt = home.step(contact)
        assert (doubt["state"], doubt["sid"], doubt["looks"]) == ("in_doubt", None, 0)
        change = ATTEMPT.update().where(ATTEMPT.c.token == "w1")
        with home.fresh.database.begin() as connection:
            connection.execute(change.values(state="accepted", sid=theirs, due_at=home.now))
    home.run("record")
    doubt = home.step(contact)
    assert (doubt["state"], doubt["sid"], doubt["looks"]) == ("in_doubt", None, 1)


def on_its_way(home: Home, like: int, epoch: int) -> None:
    """Another process is sending this very text once more."""
    with home.fresh.database.begin() as connection:
        row = connection.execute(sa.select(ATTEMPT).where(ATTEMPT.c.id == like)).mappings().one()
        other = {"state": "sending", "epoch": epoch, "step": "w1", "step_key": "w1", "token": "w1"}
        copy = {name: value for name, value in row.items() if name != "id"}
        connection.execute(ATTEMPT.insert().values(**{**copy, **other}))


def callback(home: Home, token: str, sid: str, status: str, code: str = "") -> None:
    """Stores a status as the web app does."""
    from recovery.adapters.db.inbox import SqlInboxStore
    from recovery.services.webhook_form import Callback

    stored = Callback(
        token=token, sid=sid, status=status, code=code, received_at=home.now, params={}
    )
    SqlInboxStore(home.fresh.database).keep([stored])


@pytest.mark.parametrize(
    ("fault", "exists"),
    [
        ("server_error", False),
        ("execute_then_500", True),
        ("execute_then_reset", True),
        ("execute_then_timeout", True),
        ("broken_answer", True),
    ],
)
def test_a_lost_answer_leaves_a_doubt_that_the_list_settles(
    home: Home, fault: str, exists: bool
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.faults(fault, match="POST .*Messages")
    assert home.run("reach")["reach"].counts["in_doubt"] == 1
    home.run("route", "reach")
    assert len(home.messages()) == exists
    state = settled_by_record(home, contact)
    assert state == ("delivered" if exists else "absent")
    check_ledger(home)


def test_a_message_turned_away_is_offered_again_in_the_same_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(Throttle, "back_off", lambda self: pauses.append(1))
    contact = home.contact()
    home.run("pull", "route")
    home.faults("rate_limited", "rate_limited", match="POST .*Messages")
    assert home.run("reach")["reach"].counts["whatsapp_sent"] == 1
    assert len(pauses) == 2
    assert home.step(contact)["state"] == "accepted"
    assert len(home.messages()) == 1


def test_a_refused_credential_in_the_middle_consumes_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = [home.contact(phones=[p]) for p in (MEXICAN, BRAZILIAN, COLOMBIAN)]
    home.run("pull", "route")
    lost = AuthorizationLost(Call("Twilio", "send", 401, "20003"))
    with monkeypatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", raising(lost))
        report = home.fresh.stages.reach()
    assert "authorization" in str(report.broken)
    assert home.messages() == []
    states = {home.step(one)["state"] for one in contacts if home.attempts(one)}
    assert states <= {"intended"}
    home.run("record", "pull", "route", "reach")
    assert len(home.messages()) == 3


def test_a_template_that_is_not_approved_consumes_nothing(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    first = next(
        c
        for c in home.fresh.messenger.contents()
        if c.name.startswith("recovery_new_email_first_es")
    )
    home.sandbox.control("/approval", {"sid": first.sid, "status": "paused"})
    reports = home.run("reach")
    assert reports["reach"].skipped["template_not_approved"] == 1
    assert home.attempts(contact) == {}
    home.sandbox.control("/approval", {"sid": first.sid, "status": ApprovalStatus.APPROVED.value})
    home.run("route", "reach")
    assert len(home.messages()) == 1


def test_a_missing_variable_is_counted_and_the_others_leave(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, plain = home.contact(), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    whole = message_values

    def poor(addressee: Any, policy: Any, firm: str) -> Any:
        values = dict(whole(addressee, policy, firm))
        if addressee.language == "es":
            values.pop("firm")
        return values

    monkeypatch.setattr(drafting, "message_values", poor)
    report = home.run("reach")["reach"]
    assert report.skipped["variable_missing"] == 1
    assert home.attempts(poisoned) == {}
    assert home.step(plain)["state"] == "accepted"


@pytest.mark.parametrize(("code", "goes_on"), [("63003", True), ("21211", False)])
def test_a_number_without_whatsapp_is_called_and_an_impossible_one_is_dropped(
    home: Home, code: str, goes_on: bool
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    refused = SendAnswer(SendResult.REJECTED, code=code, http_status=400)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: refused)
        home.run("reach")
    home.next_day(3)
    home.run("route", "reach")
    assert home.step(contact)["state"] == "rejected"
    assert ("c1" in home.attempts(contact)) is goes_on
    assert home.case(contact)["state"] == ("open" if goes_on else "hold")


def test_who_opted_out_at_twilio_is_told_so_at_once_and_silenced_everywhere(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    refused = SendAnswer(SendResult.REJECTED, code="21610", http_status=400)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: refused)
        home.run("reach")
    assert home.case(contact)["stopped"]
    home.next_day(3)
    home.run("route", "reach")
    assert "c1" not in home.attempts(contact)
    assert home.case(contact)["state"] == "hold"


def test_our_own_fault_uses_up_no_attempt(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    refused = SendAnswer(SendResult.REJECTED, code="63007", http_status=400)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: refused)
        home.fresh.stages.reach()
    assert home.attempts(contact) == {}
    home.fresh.brakes.go(by="ana@example.com")
    home.run("route", "reach")
    assert home.step(contact)["state"] == "accepted"


def test_a_sid_that_another_message_has_is_a_doubt(home: Home) -> None:
    one, two = home.contact(), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    same = SendAnswer(SendResult.ACCEPTED, sid="SM" + "b" * 32)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: same)
        home.run("reach")
    states = sorted([home.step(one)["state"], home.step(two)["state"]])
    assert states == ["accepted", "in_doubt"]


def test_a_quota_that_ends_between_two_groups_loses_no_answer(home: Home) -> None:
    for n in range(4):
        home.contact(phones=[f"+5255{10_000_000 + n}"])
    home.run("pull", "route")
    whole = SqlReachStore.due
    calls: list[int] = []

    def due(self: SqlReachStore, ids: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise Crash
        return whole(self, ids)

    service = home.fresh.reach
    service._group = 2
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, "due", due)
        with home.fresh.leases.hold("reach") as lease, pytest.raises(Crash):
            service.run(home.fresh.template_service.approved(), lease)
    states = home.rows("SELECT state FROM attempt")
    assert {row["state"] for row in states} == {"accepted"}
