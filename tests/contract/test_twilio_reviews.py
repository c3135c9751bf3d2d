"""WhatsApp's review of templates: what it lets pass, and at its worst."""

from collections.abc import Iterator

import pytest

from tests.contract.twilio_world import Sandbox, sandbox

ANA, JOHN = "+525512345678", "+12135550123"


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with sandbox() as town:
        yield town


def submitted(town: Sandbox, name: str, category: str = "UTILITY", **review: object) -> str:
    answer = town.post("/_sandbox/reviews", control={"match": name, **review})
    assert answer.status_code == 201, answer.text
    sid = town.content()
    assert town.submit(sid, name, category).json()["status"] == "received"
    return sid


def approval(town: Sandbox, sid: str) -> dict[str, str]:
    found = town.get(f"/v1/Content/{sid}/ApprovalRequests").json()["whatsapp"]
    return {str(key): str(value) for key, value in found.items()}


def test_a_review_may_take_two_days(served: Sandbox) -> None:
    sid = submitted(served, "slow_one", minutes=48 * 60)
    served.move(hours=47)
    assert approval(served, sid)["status"] == "pending"
    served.move(hours=2)
    assert approval(served, sid)["status"] == "approved"


def test_a_refusal_has_a_reason_and_its_name_is_spent(served: Sandbox) -> None:
    reason = "INCORRECT_CATEGORY"
    sid = submitted(served, "refused_one", status="rejected", reason=reason)
    served.move(hours=2)
    said = approval(served, sid)
    assert (said["status"], said["rejection_reason"]) == ("rejected", reason)
    assert served.submit(served.content(), "refused_one").status_code == 400
    assert served.submit(sid, "refused_other").status_code == 400


def test_whatsapp_may_make_marketing_of_a_utility_template(served: Sandbox) -> None:
    sid = submitted(served, "recategorised", category="UTILITY")
    served.post("/_sandbox/reviews", control={"match": "recat_two", "category": "MARKETING"})
    other = served.content()
    served.submit(other, "recat_two", "UTILITY")
    served.move(hours=2)
    assert approval(served, sid)["category"] == "UTILITY"
    assert approval(served, other)["category"] == "MARKETING"
    served.script(JOHN, behaviour="silent", reads=False)
    sent = served.send(JOHN, ContentSid=other)
    served.move(hours=1)
    assert served.message(sent["sid"])["error_code"] == 63049


def test_an_approved_template_may_be_paused_by_itself_later(served: Sandbox) -> None:
    sid = submitted(served, "paused_one", minutes=10, then="paused", then_after=120)
    served.move(hours=1)
    assert approval(served, sid)["status"] == "approved"
    served.move(hours=2)
    assert approval(served, sid)["status"] == "paused"
    sent = served.send(ANA, ContentSid=sid)
    served.move(hours=1)
    assert served.message(sent["sid"])["error_code"] == 63041


def test_a_script_that_cannot_be_followed_is_refused(served: Sandbox) -> None:
    for body in ({"match": "("}, {"verdict": "no"}):
        assert served.post("/_sandbox/reviews", control=body).status_code == 400


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
