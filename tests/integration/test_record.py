"""What became of messages and calls, in whatever order it is told, and when nobody tells."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from recovery.adapters.db.inbox import SqlInboxStore
from recovery.adapters.files.spool import FileSpool
from recovery.domain.case import Disposition
from recovery.errors import Refusal
from recovery.services.ports import ProviderMessage
from recovery.services.record.by_person import CallResult
from recovery.services.webhook_form import Callback
from tests.installation import BRAZILIAN, MEXICAN, SENDER, Home

STATUSES = ("queued", "sent", "delivered", "read")


def callbacks(home: Home, contact: str, statuses: Sequence[str], **more: Any) -> None:
    """Stores statuses as the web app does."""
    attempt = home.step(contact)
    given = {"token": attempt["token"], "sid": attempt["sid"], "code": "", **more}
    SqlInboxStore(home.fresh.database).keep(
        [Callback(status=s, received_at=home.now, params={}, **given) for s in statuses]
    )
    home.fresh.news.apply_callbacks()


@pytest.mark.parametrize("order", list(itertools.permutations(STATUSES))[::3])
def test_statuses_in_any_order_end_the_same(home: Home, order: Sequence[str]) -> None:
    contact = home.contact()
    home.send()
    callbacks(home, contact, order)
    callbacks(home, contact, order)
    assert home.step(contact)["state"] == "read"
    assert len(home.rows("SELECT id FROM callback WHERE applied_at IS NULL")) == 0


def test_all_that_is_stored_is_applied_however_much_it_is(home: Home) -> None:
    many = [Callback("nobody", f"SM{n:032}", "sent", "", home.now, {}) for n in range(230)]
    SqlInboxStore(home.fresh.database).keep(many)
    assert home.fresh.news.apply_callbacks(sets=1) < 230
    home.fresh.news.apply_callbacks()
    assert home.rows("SELECT id FROM callback WHERE applied_at IS NULL") == []


def test_a_callback_before_the_answer_is_recorded(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.faults("execute_then_500", match="POST .*Messages")
    home.run("reach")
    assert home.step(contact)["sid"] is None
    (sent,) = home.messages()
    callbacks(home, contact, ["delivered"], sid=sent["sid"])
    assert home.step(contact)["state"] == "delivered"
    assert home.step(contact)["sid"] == sent["sid"]
    home.move(minutes=5)
    assert home.run("record")["record"].counts["doubts_settled"] == 0


def test_foreign_news_change_nothing(home: Home) -> None:
    contact, other = home.contact(), home.contact(phones=[BRAZILIAN])
    home.send()
    theirs = home.step(other)["sid"]
    callbacks(home, contact, ["failed"], sid=theirs)
    callbacks(home, contact, ["failed"], sid="SM" + "c" * 32)
    callbacks(home, contact, ["failed"], token="nobody", sid="SM" + "d" * 32)
    assert home.step(contact)["state"] == home.step(other)["state"] == "accepted"


def test_two_ids_for_one_doubt_are_told_apart(home: Home) -> None:
    contact, other = home.contact(), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    home.faults("execute_then_500", match="POST .*Messages")
    home.run("reach")
    doubtful = contact if home.step(contact)["sid"] is None else other
    sure = other if doubtful == contact else contact
    callbacks(home, doubtful, ["sent", "delivered"], sid=home.step(sure)["sid"])
    assert home.step(doubtful)["state"] == "in_doubt"
    token = home.step(doubtful)["token"]
    for letter, status in (("a", "sent"), ("b", "delivered")):
        callbacks(home, doubtful, [status], token=token, sid="SM" + letter * 32)
    assert (home.step(doubtful)["sid"], home.step(doubtful)["state"]) == ("SM" + "a" * 32, "sent")


def test_a_late_failure_leads_to_calls(home: Home) -> None:
    contact = home.contact()
    home.send()
    callbacks(home, contact, ["undelivered"], code="63024")
    home.next_day(3)
    home.run("route", "reach")
    assert home.step(contact)["state"] == "failed"
    assert home.step(contact, "c1")["state"] == "queued"


def test_an_opt_out_at_twilio_silences_every_channel(home: Home) -> None:
    contact = home.contact()
    home.send()
    callbacks(home, contact, ["undelivered"], code="63033")
    home.next_day(3)
    home.run("route", "reach")
    assert home.case(contact)["state"] == "hold"
    assert list(home.attempts(contact)) == ["m1"]


def test_without_callbacks_polling_finds_the_end(home: Home) -> None:
    contact = home.contact(habits={"behaviour": "not_on_whatsapp"})
    home.send()
    home.move(minutes=6)
    home.run("record")
    assert home.step(contact)["state"] == "failed"
    assert home.step(contact)["code"]


def test_what_callbacks_should_have_told_is_counted_as_repaired(make_home: Any) -> None:
    home = make_home(public_url="https://hooks.example.com")
    home.contact()
    home.send()
    home.move(minutes=6)
    assert home.run("record")["record"].counts["repaired"] == 1


def test_an_ambiguous_doubt_is_bound_to_nothing(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.faults("execute_then_500", match="POST .*Messages")
    home.run("reach")
    (sent,) = home.messages()
    home.fresh.messenger.send(twice(home, sent))
    for minutes in (3, 9, 60):
        home.move(minutes=minutes)
        home.run("record")
    assert home.step(contact)["state"] == "absent"
    assert home.step(contact)["sid"] is None


def twice(home: Home, sent: dict[str, Any]) -> Any:
    """Somebody sends the very same by hand."""
    from recovery.services.ports import OutboundMessage

    del home
    return OutboundMessage(
        to=sent["to"].removeprefix("whatsapp:"),
        token="by-hand",
        sender="+14155238886",
        content_sid=sent["content_sid"],
        variables=sent["variables"],
    )


def test_a_list_that_cannot_be_read_is_no_look(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.faults("execute_then_500", match="POST .*Messages")
    home.run("reach")
    home.move(minutes=3)
    with pytest.MonkeyPatch.context() as broken:
        from recovery.adapters.twilio.client import TwilioMessenger
        from recovery.errors import Call, TemporaryFailure

        def down(*_: Any, **__: Any) -> Any:
            raise TemporaryFailure(Call("Twilio", "list messages", 503))

        broken.setattr(TwilioMessenger, "messages_to", down)
        assert home.fresh.stages.record().broken
    assert home.step(contact)["looks"] == 0
    home.run("record")
    assert home.step(contact)["sid"]


def queued(home: Home, status: str = "HARD_BOUNCE") -> str:
    contact = home.contact(status, tags=[])
    home.send()
    home.run("record")
    assert home.step(contact, "c1")["state"] == "queued"
    return contact


def dispose(home: Home, contact: str, disposition: Disposition, **more: Any) -> None:
    home.fresh.by_person.dispose(CallResult(contact, disposition, "rep@firm.example", **more))
    home.run("route", "reach", "record", "route", "reach", "record")


@pytest.mark.parametrize(
    ("disposition", "state"),
    [
        (Disposition.NO_ANSWER, "open"),
        (Disposition.BUSY, "open"),
        (Disposition.VOICEMAIL, "open"),
        (Disposition.FAILED, "open"),
        (Disposition.SPOKE, "engaged"),
        (Disposition.CONSENT, "engaged"),
        (Disposition.REFUSED, "hold"),
        (Disposition.WRONG_NUMBER, "hold"),
        (Disposition.DO_NOT_CONTACT, "hold"),
    ],
)
def test_a_reps_word_leads_on(home: Home, disposition: Disposition, state: str) -> None:
    contact = queued(home)
    dispose(home, contact, disposition, note="so it was")
    assert home.case(contact)["state"] == state
    call = home.step(contact, "c1")
    assert (call["state"], call["disposition"]) == ("done", disposition.value)
    assert ("c2" in home.attempts(contact)) is (state == "open")
    (task,) = home.shown(contact)["tasks"]
    assert task["completed"] is (state == "hold")


def test_a_new_address_on_the_phone_is_keaps_at_once(home: Home) -> None:
    contact = queued(home)
    dispose(home, contact, Disposition.NEW_EMAIL, email="ana.nueva@empresa.com")
    assert home.case(contact)["end"] == "recovered"
    shown = home.shown(contact)
    assert shown["contact"]["email_addresses"][0]["email"] == "ana.nueva@empresa.com"
    assert [task["completed"] for task in shown["tasks"]] == [True]


def test_a_consent_on_the_phone_is_asked_of_keap_where_it_takes_it(home: Home) -> None:
    contact = queued(home, "MANUAL")
    dispose(home, contact, Disposition.CONSENT, note="yes please")
    assert home.case(contact)["end"] == "recovered"


def test_a_callback_is_agreed_on(home: Home) -> None:
    contact = queued(home)
    at = home.now.replace(hour=22)
    dispose(home, contact, Disposition.CALLBACK, at=at)
    (agreed,) = [step for step in home.attempts(contact) if step.startswith("callback")]
    assert home.step(contact, agreed)["due_at"].startswith("2026-11-2")


def test_a_result_needs_what_it_says(home: Home) -> None:
    contact = queued(home)
    with pytest.raises(Refusal, match="--at"):
        dispose(home, contact, Disposition.CALLBACK)
    with pytest.raises(Refusal, match="--email"):
        dispose(home, contact, Disposition.NEW_EMAIL)
    with pytest.raises(Refusal, match="no open case"):
        dispose(home, "77", Disposition.SPOKE)


def test_a_call_is_worked_once(home: Home) -> None:
    contact = queued(home)
    result = CallResult(contact, Disposition.NO_ANSWER, "rep@firm.example")
    home.fresh.by_person.dispose(result)
    with pytest.raises(Refusal, match="no call in the queue"):
        home.fresh.by_person.dispose(result)


def test_a_stop_that_no_webhook_brought_is_heard_before_the_first_send(home: Home) -> None:
    contact, other = home.contact(), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    home.says(MEXICAN, "STOP")
    home.move(minutes=1)
    home.run("reach")
    assert home.messages(MEXICAN) == []
    assert len(home.messages(BRAZILIAN)) == 1
    assert home.step(contact)["sending_at"] is None
    assert home.step(other)["state"] == "accepted"


def test_what_the_web_app_stored_is_applied_before_a_call_is_queued(home: Home) -> None:
    contact = home.contact(tags=[])
    home.run("pull", "route")
    stored = home.fresh.inbox.accept_message(inbound(home, "no me llamen más, baja"))
    home.fresh.inbox.keep([stored])
    home.run("reach")
    assert home.case(contact)["stopped"]
    assert "queued" not in {step["state"] for step in home.attempts(contact).values()}


def test_what_is_in_the_spool_of_a_web_app_that_is_gone_is_heard_all_the_same(home: Home) -> None:
    contact = home.contact(tags=[])
    home.run("pull", "route")
    stored = home.fresh.inbox.accept_message(inbound(home, "no me llamen más, baja"))
    FileSpool(home.settings.spool).add([stored])
    home.run("reach")
    assert home.case(contact)["stopped"]
    assert "queued" not in {step["state"] for step in home.attempts(contact).values()}
    assert home.fresh.inbox.spooled() == 0


def test_a_reply_that_only_a_listing_brings_is_read_as_its_webhook_would_have_been(
    home: Home,
) -> None:
    home.contact()
    home.send()
    home.says(MEXICAN, "baja\0")
    home.move(minutes=1)
    home.run("record")
    (reply,) = home.rows("SELECT body, source, kind FROM reply")
    assert reply == {"body": "baja", "source": "poll", "kind": "stop"}


def inbound(home: Home, body: str, **more: Any) -> ProviderMessage:
    """What a person wrote, as Twilio tells it."""
    given = {
        "sid": f"SM{abs(hash(body)):032x}"[:34],
        "direction": "inbound",
        "to": SENDER,
        "sender": MEXICAN,
        "body": body,
        "status": "received",
        "code": None,
        "created_at": home.now,
    }
    return ProviderMessage(**{**given, **more})
