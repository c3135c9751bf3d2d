"""A message that may have left is looked for at the provider, and never sent again."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.services.ports import OutboundMessage, SendAnswer, SendResult
from tests.installation import BRAZILIAN, Home
from tests.reach_world import check_ledger, settled_by_record


def in_doubt(home: Home) -> str:
    """A contact whose first message never arrived, which nobody can tell yet."""
    contact = home.contact()
    home.run("pull", "route")
    home.faults("timeout", match="POST .*Messages")
    home.run("reach")
    return contact


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


def test_a_sid_that_another_message_has_is_a_doubt(home: Home) -> None:
    one, two = home.contact(), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    same = SendAnswer(SendResult.ACCEPTED, sid="SM" + "b" * 32)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: same)
        home.run("reach")
    states = sorted([home.step(one)["state"], home.step(two)["state"]])
    assert states == ["accepted", "in_doubt"]
