"""Templates, the word of WhatsApp on them, and the health of our senders."""

import json

import pytest
from twilio_script import Reply, Script, answer, silence
from twilio_world import CONTENT, messenger

from recovery.errors import (
    AuthorizationLost,
    InDoubt,
    PermanentFailure,
    TemporaryFailure,
    Unsupported,
)
from recovery.services.ports import ApprovalStatus


def content(n: int, approval: object) -> dict[str, object]:
    row = {"sid": f"HX{n:032x}", "friendly_name": f"t{n}", "language": "es"}
    return {**row, "approval_requests": approval}


def test_contents_come_with_the_word_of_whatsapp_in_any_shape(script: Script) -> None:
    word = {"status": "approved", "category": "UTILITY", "rejection_reason": ""}
    link = "https://content.twilio.com/v1/ContentAndApprovals?PageToken=x"
    first = [content(1, word), content(2, [word])]
    second = [content(3, {"whatsapp": word}), content(4, None), content(5, {"status": "odd"})]
    script(
        answer(200, {"contents": first, "meta": {"next_page_url": link}}),
        answer(200, {"contents": second, "meta": {"next_page_url": None}}),
    )
    found = messenger(script.url).contents()
    expected = ["approved", "approved", "approved", "unsubmitted", "unknown"]
    assert [row.status for row in found] == [ApprovalStatus(word) for word in expected]
    assert (found[0].name, found[0].category, found[0].reason) == ("t1", "UTILITY", None)
    assert script.requests[1].target == "/v1/ContentAndApprovals?PageToken=x"


def test_contents_are_read_one_by_one_where_the_joint_list_is_missing(script: Script) -> None:
    script(
        answer(501, {"code": 20501}),
        answer(200, {"contents": [content(1, None), content(2, None)], "meta": {}}),
        answer(200, {"whatsapp": {"status": "rejected", "rejection_reason": "SCAM"}}),
        answer(404, {"code": 20404}),
    )
    found = messenger(script.url).contents()
    assert [(row.status.value, row.reason) for row in found] == [
        ("rejected", "SCAM"),
        ("unsubmitted", None),
    ]


def test_a_template_is_created_whole_by_one_post(script: Script) -> None:
    body = {"language": "es", "friendly_name": "n", "types": {"twilio/x": {"odd": [1, None]}}}
    sid = messenger(script(answer(201, {"sid": CONTENT})).url).create_content(body)
    assert sid == CONTENT
    assert json.loads(script.requests[0].body)["types"]["twilio/x"]["odd"][0] == 1
    assert script.requests[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("reply", "error"),
    [(answer(500, {}), InDoubt), (silence, InDoubt), (answer(200, {}), InDoubt),
     (answer(429, {}), TemporaryFailure), (answer(400, {"code": 20001}), PermanentFailure),
     (answer(401, {"code": 20003}), AuthorizationLost)],
)  # fmt: skip
def test_a_template_that_may_exist_is_in_doubt(
    script: Script, reply: Reply, error: type[Exception]
) -> None:
    with pytest.raises(error):
        messenger(script(reply).url).create_content({"language": "es", "types": {}})
    assert len(script.requests) == 1


def test_asking_for_approval_again_answers_the_word_of_before(script: Script) -> None:
    one = messenger(script(answer(201, {"status": "received"})).url)
    assert one.request_approval(CONTENT, name="n", category="MARKETING") is ApprovalStatus.RECEIVED
    script(answer(400, {"code": 20001}), answer(200, {"whatsapp": {"status": "pending"}}))
    assert one.request_approval(CONTENT, name="n", category="MARKETING") is ApprovalStatus.PENDING
    script(answer(400, {"code": 20001}), answer(200, {"whatsapp": None}))
    with pytest.raises(PermanentFailure):
        one.request_approval(CONTENT, name="n", category="MARKETING")


def test_senders_show_quality_and_limit_or_are_not_supported(script: Script) -> None:
    row = {
        "sender_id": "whatsapp:+14155238886",
        "status": "ONLINE",
        "properties": {"quality_rating": "HIGH", "messaging_limit": "10K Customers/24hr"},
    }
    one = messenger(script(answer(200, {"senders": [row], "meta": {}})).url)
    (health,) = one.senders()
    assert (health.sender, health.quality, health.daily_limit) == ("+14155238886", "HIGH", 10_000)
    script(answer(404, {"code": 20404}))
    with pytest.raises(Unsupported):
        one.senders()
