"""The simulated Twilio answers in Twilio's shapes and behaves as its documentation says."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from recovery.sandbox.twilio.signature import signature
from tests.contract import twilio_specs
from tests.contract.twilio_world import Firm, Sandbox, firm, sandbox

ANA, BRUNO, JOHN = "+525512345678", "+556581234567", "+12135550123"
CALLER = "+13105550100"


@pytest.fixture
def world() -> Iterator[Sandbox]:
    with sandbox() as one:
        yield one


@pytest.fixture(scope="module")
def quiet() -> Iterator[Sandbox]:
    """One world for all who are refused: nothing happens in it."""
    with sandbox() as one:
        yield one


@pytest.fixture
def office(world: Sandbox) -> Iterator[Firm]:
    with firm(world.options) as one:
        yield one
        assert one.forged == 0


def callback(office: Firm, token: str = "tok1") -> str:
    return f"{office.url}/webhooks/twilio/status/{token}"


# --- shapes


def test_every_answer_has_the_shape_of_the_vendors_specification(world: Sandbox) -> None:
    template = world.template()
    message = world.send(ANA, ContentSid=template)
    numbers = {"To": ANA, "From": CALLER, "Url": "http://127.0.0.1:9/twiml"}
    call = world.post(f"{world.account}/Calls.json", **numbers).json()
    service = world.get("/v1/Services").json()["services"][0]["sid"]
    sender = world.get("/v2/Channels/Senders").json()["senders"][0]["sid"]
    api, content = "/2010-04-01/Accounts/{AccountSid}", "twilio_content_v1"
    asked = [
        ("twilio_api_v2010", f"{api}/Messages.json", "/Messages.json"),
        ("twilio_api_v2010", f"{api}/Messages/{{Sid}}.json", f"/Messages/{message['sid']}.json"),
        ("twilio_api_v2010", f"{api}/Calls.json", "/Calls.json"),
        ("twilio_api_v2010", f"{api}/Calls/{{Sid}}.json", f"/Calls/{call['sid']}.json"),
        ("twilio_api_v2010", f"{api}/IncomingPhoneNumbers.json", "/IncomingPhoneNumbers.json"),
    ]
    plain = [
        (content, "/v1/Content", "/v1/Content"),
        (content, "/v1/Content/{Sid}", f"/v1/Content/{template}"),
        (content, "/v1/Content/{Sid}/ApprovalRequests", f"/v1/Content/{template}/ApprovalRequests"),
        (content, "/v1/ContentAndApprovals", "/v1/ContentAndApprovals"),
        ("twilio_content_v2", "/v2/Content", "/v2/Content"),
        ("twilio_content_v2", "/v2/ContentAndApprovals", "/v2/ContentAndApprovals"),
        ("twilio_messaging_v1", "/v1/Services", "/v1/Services"),
        ("twilio_messaging_v1", "/v1/Services/{Sid}", f"/v1/Services/{service}"),
        (
            "twilio_messaging_v1",
            "/v1/Services/{MessagingServiceSid}/ChannelSenders",
            f"/v1/Services/{service}/ChannelSenders",
        ),
        ("twilio_messaging_v2", "/v2/Channels/Senders", "/v2/Channels/Senders"),
        ("twilio_messaging_v2", "/v2/Channels/Senders/{Sid}", f"/v2/Channels/Senders/{sender}"),
    ]
    for file, path, target in [*((f, p, world.account + t) for f, p, t in asked), *plain]:
        answer = world.get(target)
        assert answer.status_code == 200, (target, answer.text)
        twilio_specs.check(answer.json(), file=file, path=path, method="get", status=200)


def test_a_resource_has_exactly_the_fields_of_the_specification(world: Sandbox) -> None:
    template = world.content()
    message = world.send(ANA, ContentSid=template)
    numbers = {"To": ANA, "From": CALLER, "Url": "http://127.0.0.1:9/twiml"}
    call = world.post(f"{world.account}/Calls.json", **numbers).json()
    number = world.get(f"{world.account}/IncomingPhoneNumbers.json").json()
    looked_up = world.get(f"/v2/PhoneNumbers/{ANA}", Fields="line_type_intelligence").json()
    resources = [
        (message, "twilio_api_v2010", "api.v2010.account.message"),
        (call, "twilio_api_v2010", "api.v2010.account.call"),
        (
            number["incoming_phone_numbers"][0],
            "twilio_api_v2010",
            "api.v2010.account.incoming_phone_number",
        ),
        (world.get(f"/v1/Content/{template}").json(), "twilio_content_v1", "content.v1.content"),
        (
            world.get("/v1/Services").json()["services"][0],
            "twilio_messaging_v1",
            "messaging.v1.service",
        ),
        (looked_up, "twilio_lookups_v2", "LookupResponse"),
    ]
    for resource, file, schema in resources:
        assert set(resource) == twilio_specs.fields(file, schema)
    assert parsedate_to_datetime(message["date_created"]) == world.now


def test_the_sdk_pages_through_all_messages_even_while_new_ones_come(world: Sandbox) -> None:
    for _ in range(5):
        world.send(ANA, Body="Hola")
    world.move(minutes=1)
    options = world.options
    http = TwilioHttpClient()
    http.session.trust_env = False
    client = Client(options.twilio_account_sid, options.twilio_auth_token, http_client=http)
    client.api.base_url = options.url
    stream = client.messages.stream(to=f"whatsapp:{ANA}", page_size=2)
    first = [next(stream).sid, next(stream).sid]
    world.send(ANA, Body="uno más")
    seen = [*first, *(one.sid for one in stream)]
    http.session.close()
    assert len(seen) == len(set(seen)) == 5


# --- signatures

URL = "mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}.items()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"https://{URL}", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (f"http://{URL.replace('.com', '.com:1234')}", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (f"https://{URL.replace('.com', '.com:443')}", "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (f"http://{URL.replace('.com', '.com:80')}", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
)
def test_signatures_equal_the_vendors_test_vectors(url: str, expected: str) -> None:
    assert signature("12345", url=url, fields=FORM) == expected
    assert signature("12345", url=f"{url}#rc=3", fields=FORM) == expected


def test_a_field_given_twice_is_signed_once() -> None:
    fields = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678")]
    twice = [*fields, ("Digits", "1234"), ("Digits", "1234")]
    expected = "IK+Dwps556ElfBT0I3Rgjkr1wJU="
    assert signature("12345", url=f"https://{URL}", fields=twice) == expected


# --- refusals


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "whatsapp:+12"}, 21211),
        ({"To": "whatsapp:Ana"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "whatsapp:+14155550000"}, 63007),
        ({"To": "+525512345678", "From": "+14155550000"}, 21606),
        ({"From": CALLER}, 21910),
        ({"Body": ""}, 21619),
        ({"Body": "a" * 1601}, 21617),
        ({"ContentVariables": "{}"}, 21654),
        ({"ContentSid": "HX" + "0" * 32}, 21655),
        ({"StatusCallback": "no-url"}, 21609),
        ({"ValidityPeriod": "99999"}, 20001),
        ({"From": "", "MessagingServiceSid": "MG" + "0" * 32}, 21705),
    ],
)
def test_a_bad_message_is_refused_with_twilios_code(
    quiet: Sandbox, form: dict[str, str], code: int
) -> None:
    good = {"To": f"whatsapp:{ANA}", "From": "whatsapp:+14155238886", "Body": "Hola"}
    answer = quiet.post(f"{quiet.account}/Messages.json", **(good | form))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert set(answer.json()) == {"code", "message", "more_info", "status"}
    assert quiet.ledger("message") == []


def test_variables_must_be_one_json_text(quiet: Sandbox) -> None:
    form = {"To": f"whatsapp:{ANA}", "From": "whatsapp:+14155238886", "ContentSid": quiet.content()}
    for bad in ("{1:2}", ["1", "2"], '["Ana"]', '{"1": 3}'):
        answer = quiet.post(f"{quiet.account}/Messages.json", **form, ContentVariables=bad)
        assert answer.json()["code"] == 21656


def test_wrong_credentials_are_refused(quiet: Sandbox) -> None:
    url = f"{quiet.options.url}{quiet.account}/Messages.json"
    with requests.Session() as stranger:
        stranger.trust_env = False
        for auth in (None, (quiet.options.twilio_account_sid, "wrong")):
            answer = stranger.get(url, auth=auth)
            assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    other = quiet.get(f"/2010-04-01/Accounts/AC{'9' * 32}/Messages.json")
    assert (other.status_code, other.json()["code"]) == (404, 20404)


# --- the life of a message


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


# --- what people write


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


# --- faults


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


# --- templates


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("{{1}}, su correo ya no recibe nada de nosotros", "at_start"),
        ("Su correo ya no recibe nada de nosotros, {{1}}.", "at_end"),
        ("Hola {{1}} {{2}}, su correo ya no recibe nada de nosotros", "adjacent"),
        ("Hola {{1}}, su correo {{3}} ya no recibe nada de nosotros hoy", "gap"),
        ("Hola {{1}} y {{2}} hoy", "too_few_words"),
        ("Hola {{1}}, " + "a" * 1030, "too_long"),
        ("Hola {{1}}, su correo ya no recibe", "Not_A_Name"),
    ],
)
def test_whatsapp_rejects_a_template_that_breaks_its_rules(
    world: Sandbox, body: str, name: str
) -> None:
    sid = world.content(body, samples={"1": "Ana", "2": "Lima", "3": "x"})
    assert world.submit(sid, name).json()["status"] == "received"
    world.move(hours=2)
    approval = world.get(f"/v1/Content/{sid}/ApprovalRequests").json()["whatsapp"]
    assert approval["status"] == "rejected"
    assert approval["rejection_reason"].startswith("INVALID_FORMAT")
    again = world.submit(world.content(), name)
    assert again.status_code == 400


def test_a_good_template_is_approved_and_found_by_its_eligibility(world: Sandbox) -> None:
    good, _ = world.template(), world.content()
    found = world.get("/v2/ContentAndApprovals", ChannelEligibility="whatsapp:approved").json()
    assert [one["sid"] for one in found["contents"]] == [good]
    assert found["contents"][0]["approval_requests"]["category"] == "MARKETING"


@pytest.mark.parametrize(("status", "code"), [("paused", 63041), ("disabled", 63042)])
def test_a_template_that_was_taken_away_reaches_nobody(
    world: Sandbox, status: str, code: int
) -> None:
    sid = world.template()
    world.post("/_sandbox/approval", control={"sid": sid, "status": status})
    sent = world.send(ANA, ContentSid=sid)
    world.move(hours=1)
    assert world.message(sent["sid"])["error_code"] == code


# --- calls


EVENTS = ["initiated", "ringing", "answered", "completed"]
REP = "+13105550177"


def dial(world: Sandbox, office: Firm) -> str:
    form = {
        "To": ANA,
        "From": CALLER,
        "Twiml": '<Response><Say>Hola</Say><Pause length="600"/></Response>',
        "Timeout": "25",
        "StatusCallback": f"{office.url}/webhooks/twilio/voice/status",
        "StatusCallbackEvent": EVENTS,
    }
    return str(world.post(f"{world.account}/Calls.json", **form).json()["sid"])


def test_an_answered_call_goes_through_all_its_statuses(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=1, dead_line=False)
    sid = dial(world, office)
    world.move(hours=1)
    statuses = [form["CallStatus"] for _, form in office.posts]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for _, form in office.posts] == ["0", "1", "2", "3"]
    call = world.get(f"{world.account}/Calls/{sid}.json").json()
    assert call["status"] == "completed"
    assert int(call["duration"]) == int(office.posts[-1][1]["CallDuration"]) >= 20


def test_a_call_nobody_answers_ends_so(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=None, dead_line=False)
    sid = dial(world, office)
    world.move(hours=1)
    call = world.get(f"{world.account}/Calls/{sid}.json").json()
    assert call["status"] in {"no-answer", "busy", "completed"}
    dialled = world.get("/_sandbox/call", phone=ANA, attempt=1).json()
    assert (dialled["carrier"] != "answered", dialled["says"]) == (True, None)


def test_a_ringing_call_can_be_canceled_and_a_finished_one_cannot(
    world: Sandbox, office: Firm
) -> None:
    sid = dial(world, office)
    path = f"{world.account}/Calls/{sid}.json"
    assert world.post(path, Status="canceled").json()["status"] == "canceled"
    assert world.post(path, Status="completed").json()["code"] == 21220
    assert json.dumps(world.ledger("call")[0]["to"]) == f'"{ANA}"'


def ask_rep(world: Sandbox, office: Firm, *, pressed: str = "", phone: str = REP) -> str:
    """Calls a rep, who is asked for a key and then joined to Ana."""
    number = f'<Number statusCallback="{office.url}/contact" machineDetection="Enable"'
    number += f' amdStatusCallback="{office.url}/heard" statusCallbackEvent="{" ".join(EVENTS)}"'
    office.twiml = {
        "/rep": f'<Response><Gather numDigits="1" action="{office.url}/pressed">'
        "<Say>Ana</Say></Gather><Hangup/></Response>",
        "/pressed": pressed
        or f'<Response><Dial callerId="{CALLER}" timeout="25" action="{office.url}/done">'
        f"{number}>{ANA}</Number></Dial></Response>",
        "/done": "<Response><Hangup/></Response>",
    }
    form = {
        "To": phone,
        "From": CALLER,
        "Url": f"{office.url}/rep",
        "StatusCallback": f"{office.url}/status",
        "StatusCallbackEvent": EVENTS,
    }
    return str(world.post(f"{world.account}/Calls.json", **form).json()["sid"])


def told(office: Firm, path: str, field: str) -> list[str]:
    return [form.get(field, "") for at, form in office.posts if at == path]


def test_a_rep_presses_the_key_and_is_joined(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=1, dead_line=False)
    sid = ask_rep(world, office)
    world.move(hours=1)
    assert office.forged == 0
    assert told(office, "/pressed", "Digits") == ["1"]
    assert told(office, "/contact", "CallStatus") == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert set(told(office, "/contact", "ParentCallSid")) == {sid}
    assert told(office, "/heard", "AnsweredBy")[0] in {"human", "unknown"}
    [done] = [form for path, form in office.posts if path == "/done"]
    assert done["DialCallStatus"] == "completed"
    assert int(done["DialCallDuration"]) >= 20
    legs = world.get(f"{world.account}/Calls.json", ParentCallSid=sid).json()["calls"]
    assert [(leg["to"], leg["direction"], leg["status"]) for leg in legs] == [
        (ANA, "outbound-dial", "completed")
    ]
    assert world.get(f"{world.account}/Calls/{sid}.json").json()["status"] == "completed"
    assert [row["to"] for row in world.ledger("call")] == [REP, ANA]


@pytest.mark.parametrize(
    ("habits", "status"),
    [
        ({"carrier": "busy"}, "busy"),
        ({"carrier": "no_answer"}, "no-answer"),
        ({"carrier": "failed"}, "failed"),
        ({"carrier": "voicemail"}, "completed"),
        ({"presses": None}, "completed"),
    ],
)
def test_whoever_does_not_press_is_joined_to_nobody(
    world: Sandbox, office: Firm, habits: dict[str, Any], status: str
) -> None:
    answer = world.post("/_sandbox/reps", control={"phone": REP, "habits": habits})
    assert answer.status_code == 200
    sid = ask_rep(world, office)
    world.move(hours=1)
    assert told(office, "/pressed", "Digits") == []
    assert world.get(f"{world.account}/Calls/{sid}.json").json()["status"] == status
    assert [row["to"] for row in world.ledger("call")] == [REP]


@pytest.mark.parametrize(
    "document", ["<Response><Wait/></Response>", "no xml", "<!DOCTYPE a><Response/>", "<Answer/>"]
)
def test_what_cannot_be_followed_ends_the_call(world: Sandbox, office: Firm, document: str) -> None:
    sid = ask_rep(world, office, pressed=document)
    world.move(hours=1)
    assert world.get(f"{world.account}/Calls/{sid}.json").json()["status"] == "completed"
    assert [row["code"] for row in world.ledger("call_error")] == [12100]


def test_a_foreign_caller_id_dials_nobody(world: Sandbox, office: Firm) -> None:
    dial_ana = f'<Response><Dial callerId="+14155550000" action="/done">{ANA}</Dial></Response>'
    ask_rep(world, office, pressed=dial_ana.replace('"/done"', f'"{office.url}/done"'))
    world.move(hours=1)
    assert told(office, "/done", "DialCallStatus") == ["failed"]


def test_hanging_up_lets_go_of_whom_the_call_dialled(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=1, dead_line=False)
    sid = ask_rep(world, office)
    world.move(seconds=35)
    world.post(f"{world.account}/Calls/{sid}.json", Status="completed")
    world.move(hours=1)
    ended = {row["sid"]: row["status"] for row in world.ledger("call_ended")}
    assert len(ended) == 2
    assert set(ended.values()) <= {"completed", "canceled"}


def test_calls_that_come_too_fast_wait_in_twilios_own_line(world: Sandbox, office: Firm) -> None:
    sids = [ask_rep(world, office, phone=f"+1310555{n}") for n in range(2000, 2010)]
    world.move(seconds=9)
    calls = [world.get(f"{world.account}/Calls/{sid}.json").json()["status"] for sid in sids]
    assert calls[0] == "in-progress"
    assert calls[-1] == "queued"


def test_a_call_without_instructions_or_from_a_foreign_number_is_refused(world: Sandbox) -> None:
    path = f"{world.account}/Calls.json"
    assert world.post(path, To=ANA, From=CALLER).json()["code"] == 21205
    foreign = world.post(path, To=ANA, From="+14155550000", Url="http://127.0.0.1:9/")
    assert foreign.json()["code"] == 21210
