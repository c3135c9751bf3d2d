"""WhatsApp's review of templates at its worst: slow, refusing, changing its mind."""

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
