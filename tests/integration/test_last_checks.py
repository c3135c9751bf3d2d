"""The last checks before a message leaves: what was true at its intent may be so no more."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.suppress import suppress
from recovery.adapters.keap.client import KeapClient
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.services.ports import OutboundMessage
from tests.installation import BRAZILIAN, MEXICAN, Home


def after_the_intent(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Between the intent and the last checks this happens."""
    whole = SqlReachStore.intend

    def intend(self: SqlReachStore, *given: Any, **more: Any) -> set[str]:
        standing = whole(self, *given, **more)
        happens()
        return standing

    monkeypatch.setattr(SqlReachStore, "intend", intend)


def test_the_hour_is_checked_at_the_instant_of_sending(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.move(home.now.replace(hour=23) + timedelta(hours=3))
    reports = home.run("reach")
    assert reports["reach"].skipped["outside_hours"] == 1
    assert home.messages() == []
    home.next_day(0, hour=17)
    home.run("reach")
    assert home.step(contact)["state"] == "accepted"


def test_the_hour_may_pass_between_intent_and_sending(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact()
    home.run("pull", "route")

    def half_a_day() -> None:
        home.now += timedelta(hours=12)

    after_the_intent(monkeypatch, half_a_day)
    report = home.run("reach")["reach"]
    assert report.skipped["outside_hours"] == 1
    monkeypatch.undo()
    home.next_day(1)
    home.send()
    assert len(home.messages()) == 1
    assert home.step(contact)["state"] == "accepted"


def test_what_was_decided_anew_since_its_intent_does_not_leave_as_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact()
    home.run("pull", "route")

    def another_number() -> None:
        rows = [{"number": BRAZILIAN, "field": "PHONE1"}]
        home.change(contact, fields={"phone_numbers": rows})
        other = home.another()
        other.stages.pull()
        other.stages.route()

    after_the_intent(monkeypatch, another_number)
    report = home.run("reach")["reach"]
    assert (report.skipped["case_changed"], home.messages(MEXICAN)) == (1, [])
    monkeypatch.undo()
    home.run("route", "reach")
    assert (len(home.messages(BRAZILIAN)), home.messages(MEXICAN)) == (1, [])


def test_a_message_may_not_be_delivered_after_the_closing_hour(home: Home) -> None:
    home.contact()
    home.move(home.now.replace(hour=23))  # 17:00 in Mexico City: two hours are left
    sent: list[OutboundMessage] = []
    whole = TwilioMessenger.send
    with pytest.MonkeyPatch.context() as listening:
        listening.setattr(
            TwilioMessenger, "send", lambda self, one: (sent.append(one), whole(self, one))[1]
        )
        home.send()
    assert [one.valid_for for one in sent] == [7200]


def test_a_stop_that_was_committed_before_the_last_check_wins(home: Home) -> None:
    contacts = [home.contact(phones=[f"+5255{10_000_000 + n}"]) for n in range(12)]
    home.run("pull", "route")
    keys = {one: home.case(one)["next_number_key"] for one in contacts}
    whole = SqlReachStore.begin_sending
    database: Database = home.fresh.database
    stopped: list[str] = []

    def silence() -> None:
        for one in contacts[::2]:
            with database.begin() as connection:
                suppress(connection, [keys[one]], reason="stop", source="race", at=home.now)
            stopped.append(one)

    racer = threading.Thread(target=silence)

    def checked(self: SqlReachStore, tokens: Any, *given: Any, **more: Any) -> Any:
        if not racer.ident:
            racer.start()
            racer.join()
        return whole(self, tokens, *given, **more)

    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(SqlReachStore, "begin_sending", checked)
        report = home.run("reach")["reach"]
    assert report.skipped["suppressed"] == len(stopped) == 6
    assert len(home.messages()) == 6
    silent = {f"whatsapp:+5255{10_000_000 + n}" for n in range(0, 12, 2)}
    assert not silent & {m["to"] for m in home.messages()}


def test_a_status_older_than_ten_minutes_is_read_again_by_the_set(home: Home) -> None:
    contacts = [home.contact(phones=[f"+5255{10_000_000 + n}"]) for n in range(12)]
    home.run("pull", "route")
    home.change(contacts[3], status="CONFIRMED")
    home.move(minutes=11)
    seen: list[int] = []
    crm = home.fresh.crm
    whole = crm.statuses_of
    crm.statuses_of = lambda emails: seen.append(len(emails)) or whole(emails)  # type: ignore[method-assign,func-returns-value]
    report = home.run("reach")["reach"]
    assert seen == [12]
    assert report.counts["whatsapp_sent"] == 11
    assert home.case(contacts[3])["end"] == "healed"


def test_the_list_of_this_very_pull_is_fresh_enough(home: Home) -> None:
    home.contact()
    home.run("pull", "route")
    home.move(minutes=9)
    calls, _ = home.requests_of(lambda: home.run("reach"))
    assert len(home.messages()) == 1
    assert calls == 4  # inbound messages, our sender's limit, the approvals, and the message


def test_a_changed_case_is_decided_again_before_anything_leaves(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.change(contact, status="SPAM")
    home.move(minutes=30)
    report = home.run("reach")["reach"]
    assert home.messages() == []
    assert sum(report.skipped.values()) >= 1
    home.run("route", "reach")
    assert home.messages() == []
    assert home.step(contact, "c1")["channel"] == "call"


def test_a_status_that_keap_does_not_tell_lets_nothing_leave(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.contact()
    home.run("pull", "route")
    home.move(minutes=11)
    monkeypatch.setattr(KeapClient, "statuses_of", lambda *_: {})
    report = home.run("reach")["reach"]
    assert report.skipped["status_not_fresh"] == 1
    assert home.messages() == []


def test_who_waits_for_the_morning_is_counted_with_the_reason_from_the_first_run_on(
    home: Home,
) -> None:
    home.next_day(hour=4)  # 22:00 in Mexico City, 1:00 in São Paulo
    home.contact()
    home.contact(phones=[BRAZILIAN])
    report = home.send()["reach"]
    assert home.messages() == []
    assert report.skipped == {"outside_hours": 2}


def test_a_second_message_that_has_its_day_is_told_apart_from_who_waits_for_the_morning(
    home: Home,
) -> None:
    contact = home.contact()
    home.send()
    with home.fresh.database.begin() as connection:
        values = "next_act = 'message', next_step = 'm2', next_at = :at, route_at = NULL"
        at = {"at": home.now + timedelta(days=3)}
        connection.execute(sa.text(f"UPDATE recovery_case SET {values}"), at)
    assert home.case(contact)["state"] == "open"
    assert home.run("reach")["reach"].skipped == {"message_planned": 1}
