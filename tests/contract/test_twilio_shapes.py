"""The simulated Twilio answers in Twilio's shapes, signs and refuses as Twilio does."""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest
import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from recovery.sandbox.twilio.signature import signature
from tests.contract import twilio_specs
from tests.contract.twilio_world import Sandbox, sandbox

ANA, CALLER = "+525512345678", "+13105550100"


@pytest.fixture(scope="module")
def quiet() -> Iterator[Sandbox]:
    """One world for all who are refused: nothing happens in it."""
    with sandbox() as one:
        yield one


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
