"""Messages of the simulated Twilio live, are answered and go wrong as its documentation says."""

import pytest
import requests

from tests.contract.twilio_world import Firm, Sandbox

ANA, BRUNO, JOHN = "+525512345678", "+556581234567", "+12135550123"


def callback(office: Firm, token: str = "tok1") -> str:
    return f"{office.url}/webhooks/twilio/status/{token}"


def test_a_message_is_sent_delivered_and_read_with_signed_callbacks(
    world: Sandbox, office: Firm
) -> None:
    template = world.template()
    world.script(ANA, behaviour="silent", reads=True, old_form_only=False)
    sent = world.send(ANA, ContentSid=template, StatusCallback=callback(office))
    assert (sent["status"], sent["date_sent"]) == ("queued", None)
    world.move(days=1)
    assert office.statuses("tok1") == ["sent", "delivered", "read"]
    assert world.message(sent["sid"])["status"] == "read"
    delivered = office.posts[1][1]
    assert delivered["MessageSid"] == sent["sid"]
    assert delivered["EventType"] == "DELIVERED"
    assert delivered["ChannelPrefix"] == "whatsapp"
    assert [line["answer"] for line in world.ledger("callback")] == [204, 204, 204]


@pytest.mark.parametrize(
    ("habits", "statuses", "code"),
    [
        ({"behaviour": "not_on_whatsapp"}, ["undelivered"], 63024),
        ({"behaviour": "capped"}, ["sent", "undelivered"], 63049),
        ({"behaviour": "blocked"}, ["sent"], None),
        ({"behaviour": "silent", "reads": False}, ["sent", "delivered"], None),
        ({"behaviour": "silent", "old_form_only": True}, ["undelivered"], 63024),
    ],
)
def test_where_a_message_ends_depends_on_the_person(
    world: Sandbox, office: Firm, habits: dict[str, object], statuses: list[str], code: int | None
) -> None:
    template = world.template()
    world.script(ANA, **({"old_form_only": False} | habits))
    sent = world.send(ANA, ContentSid=template, StatusCallback=callback(office))
    world.move(days=1)
    assert office.statuses("tok1") == statuses
    message = world.message(sent["sid"])
    assert message["error_code"] == code
    assert bool(message["error_message"]) == (code is not None)
    assert office.posts[-1][1].get("ErrorCode") == (str(code) if code else None)


def test_who_registered_under_the_old_form_is_reached_by_it(world: Sandbox) -> None:
    template = world.template()
    world.script(ANA, behaviour="silent", reads=False, old_form_only=True)
    sent = world.send("+5215512345678", ContentSid=template)
    world.move(days=1)
    assert world.message(sent["sid"])["status"] == "delivered"


def test_marketing_never_reaches_the_united_states_but_utility_does(world: Sandbox) -> None:
    world.script(JOHN, behaviour="silent", reads=False)
    marketing = world.send(JOHN, ContentSid=world.template())
    utility = world.send(JOHN, ContentSid=world.template("UTILITY"))
    world.move(days=1)
    assert world.message(marketing["sid"])["error_code"] == 63049
    assert world.message(utility["sid"])["status"] == "delivered"


def test_free_text_needs_an_open_window(world: Sandbox) -> None:
    world.script(ANA, behaviour="silent", reads=False, old_form_only=False)
    early = world.send(ANA, Body="Hola")
    world.move(hours=1)
    assert world.message(early["sid"])["error_code"] == 63016
    world.post("/_sandbox/inbound", control={"from": ANA, "body": "hola"})
    inside = world.send(ANA, Body="Hola")
    world.move(hours=23)
    late = world.send(ANA, Body="Hola")
    world.move(hours=12)
    assert world.message(inside["sid"])["status"] == "delivered"
    world.move(hours=1)
    closed = world.send(ANA, Body="Hola")
    world.move(hours=1)
    assert world.message(late["sid"])["status"] == "delivered"
    assert world.message(closed["sid"])["error_code"] == 63016


@pytest.mark.parametrize("value", ["Ana\nLima", "Ana     Lima", "Ana\tLima"])
def test_whatsapp_refuses_a_value_with_breaks_or_many_spaces(world: Sandbox, value: str) -> None:
    sent = world.send(ANA, ContentSid=world.template(), values={"1": value, "2": "Firma"})
    world.move(hours=1)
    assert world.message(sent["sid"])["error_code"] == 63013


def test_a_missing_variable_shows_the_sample_and_the_ledger_says_so(world: Sandbox) -> None:
    sent = world.send(ANA, ContentSid=world.content(), values={"1": "Bia"})
    assert sent["body"].startswith("Hola Bia, le escribimos de Firma ")
    assert world.ledger("message")[0]["samples_shown"] == ["2"]


def test_a_message_can_be_redacted_and_deleted(world: Sandbox) -> None:
    sent = world.send(ANA, Body="Hola")
    path = f"{world.account}/Messages/{sent['sid']}.json"
    assert world.session.delete(world.options.url + path).status_code == 409
    world.move(hours=1)
    assert world.post(path, Body="").json()["body"] == ""
    assert world.session.delete(world.options.url + path).status_code == 204
    assert world.get(path).status_code == 404
    assert [len(world.ledger(f"message_{end}")) for end in ("redacted", "deleted")] == [1, 1]


def test_a_canceled_message_reaches_nobody(world: Sandbox) -> None:
    sent = world.send(ANA, ContentSid=world.template())
    path = f"{world.account}/Messages/{sent['sid']}.json"
    assert world.post(path, Status="canceled").json()["status"] == "canceled"
    world.move(days=1)
    assert world.message(sent["sid"])["status"] == "canceled"


def test_a_person_answers_and_the_firm_reads_it_by_webhook_and_by_polling(
    world: Sandbox, office: Firm
) -> None:
    template = world.template()
    habits = {"behaviour": "new_address", "answers_message": 1, "old_form_only": False}
    world.script(ANA, **habits, new_email="ana@nueva.example")
    world.send(ANA, ContentSid=template, StatusCallback=callback(office))
    world.move(days=3)
    form = office.inbound[0]
    assert "ana@nueva.example" in form["Body"]
    assert (form["From"], form["WaId"]) == ("whatsapp:+5215512345678", "5215512345678")
    assert (form["MessageType"], form["NumMedia"], form["SmsStatus"]) == ("text", "0", "received")
    listed = world.get(f"{world.account}/Messages.json", To="whatsapp:+14155238886").json()
    inbound = [one for one in listed["messages"] if one["direction"] == "inbound"]
    assert [one["sid"] for one in inbound] == [form["MessageSid"]]
    assert inbound[0]["body"] == form["Body"]


def test_a_tapped_button_names_the_message_it_was_under(world: Sandbox, office: Firm) -> None:
    template = world.template()
    habits = {"behaviour": "button_then_address", "answers_message": 1, "old_form_only": False}
    world.script(ANA, **habits)
    sent = world.send(ANA, ContentSid=template, StatusCallback=callback(office))
    world.move(days=3)
    tap = office.inbound[0]
    assert (tap["ButtonPayload"], tap["ButtonText"]) == ("upd", "Sí, actualizar")
    assert tap["MessageType"] == "button"
    assert tap["OriginalRepliedMessageSid"] == sent["sid"]


def test_a_brazilian_outside_the_big_cities_writes_without_the_ninth_digit(
    world: Sandbox, office: Firm
) -> None:
    template = world.template()
    world.script(BRUNO, behaviour="stop", answers_message=1, old_form_only=False)
    world.send("+5565981234567", ContentSid=template, StatusCallback=callback(office))
    world.move(days=3)
    assert office.inbound[0]["From"] == "whatsapp:+556581234567"


def test_a_voice_note_comes_with_media_behind_one_redirect(world: Sandbox, office: Firm) -> None:
    world.post("/_sandbox/webhook", control={"url": f"{office.url}/webhooks/twilio/inbound"})
    world.post("/_sandbox/inbound", control={"from": ANA, "voice": True})
    form = office.inbound[0]
    assert (form["NumMedia"], form["MediaContentType0"]) == ("1", "audio/ogg")
    moved = world.session.get(form["MediaUrl0"], allow_redirects=False)
    assert moved.status_code == 307
    with requests.Session() as anybody:
        anybody.trust_env = False
        assert anybody.get(moved.headers["location"]).content.startswith(b"OggS")


def test_stop_to_a_messaging_service_refuses_later_sends(world: Sandbox, office: Firm) -> None:
    service = world.get("/v1/Services").json()["services"][0]["sid"]
    template = world.template()
    form = {"ContentSid": template, "MessagingServiceSid": service}
    first = world.send(ANA, **form, StatusCallback=callback(office))
    assert (first["status"], first["from"]) == ("accepted", None)
    world.post("/_sandbox/inbound", control={"from": ANA, "body": "STOP"})
    assert office.inbound[0]["OptOutType"] == "STOP"
    assert world.send("+5215512345678", **form)["code"] == 21610


def test_a_receiver_that_is_away_is_tried_twice_and_the_message_waits_in_the_list(
    world: Sandbox,
) -> None:
    world.post("/_sandbox/webhook", control={"url": "http://127.0.0.1:9/inbound"})
    world.post("/_sandbox/inbound", control={"from": ANA, "body": "hola"})
    assert [line["answer"] for line in world.ledger("webhook")] == ["not connected"]
    assert (
        len(world.get(f"{world.account}/Messages.json", From=f"whatsapp:{ANA}").json()["messages"])
        == 1
    )


def test_the_sandbox_calls_nothing_but_loopback(world: Sandbox, office: Firm) -> None:
    elsewhere = office.url.replace("127.0.0.1", "0.0.0.0")
    world.post("/_sandbox/webhook", control={"url": f"{elsewhere}/webhooks/twilio/inbound"})
    world.post("/_sandbox/inbound", control={"from": ANA, "body": "hola"})
    assert office.posts == []
    assert [line["answer"] for line in world.ledger("webhook")] == ["not connected"]


def plan(world: Sandbox, *kinds: str) -> None:
    world.post("/_sandbox/faults", control={"rate": 1, "kinds": kinds}).raise_for_status()


def a_delivered_message(world: Sandbox, office: Firm, *faults: str) -> str:
    template = world.template()
    world.script(ANA, behaviour="silent", reads=True, old_form_only=False)
    plan(world, *faults)
    return str(world.send(ANA, ContentSid=template, StatusCallback=callback(office)).get("sid"))


def test_a_callback_can_come_before_the_answer(world: Sandbox, office: Firm) -> None:
    sid = a_delivered_message(world, office, "callback_early")
    assert [form["MessageSid"] for _, form in office.posts] == [sid]


def test_callbacks_can_be_missing(world: Sandbox, office: Firm) -> None:
    sid = a_delivered_message(world, office, "callback_missing")
    world.move(days=1)
    assert office.posts == []
    assert world.message(sid)["status"] == "read"


def test_callbacks_can_come_twice_and_in_any_order(world: Sandbox, office: Firm) -> None:
    a_delivered_message(world, office, "callback_duplicate", "callback_reorder")
    world.move(days=1)
    statuses = office.statuses("tok1")
    assert sorted(statuses) == sorted(["sent", "delivered", "read"] * 3)
    assert statuses != sorted(statuses, key=["sent", "delivered", "read"].index)


def test_a_message_can_be_created_after_the_error(world: Sandbox, office: Firm) -> None:
    assert a_delivered_message(world, office, "late_create") == "None"
    assert world.ledger("message") == []
    world.move(hours=2)
    assert len(world.ledger("message")) == 1
    assert office.statuses("tok1")[0] == "sent"


def test_lists_can_lag_behind(world: Sandbox, office: Firm) -> None:
    a_delivered_message(world, office, "list_lag")
    path = f"{world.account}/Messages.json"
    assert world.get(path, To=f"whatsapp:{ANA}").json()["messages"] == []
    world.move(hours=1)
    assert len(world.get(path, To=f"whatsapp:{ANA}").json()["messages"]) == 1
