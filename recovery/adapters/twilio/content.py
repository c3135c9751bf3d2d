"""Templates at Twilio: all of them with WhatsApp's word, and new ones."""

from collections.abc import Iterator, Mapping
from typing import Any

from recovery.adapters.twilio.answers import Reading, classify, is_sid
from recovery.adapters.twilio.api import TwilioApi, failure
from recovery.adapters.twilio.wire import AnswerLost, NothingSent
from recovery.errors import (
    Call,
    ContractBroken,
    InDoubt,
    PermanentFailure,
    TemporaryFailure,
    Unsupported,
)
from recovery.services.ports import ApprovalStatus, ContentStatus, SendResult

_PAGE = {"PageSize": 100}


def contents(api: TwilioApi) -> tuple[ContentStatus, ...]:
    """All templates; where the joint list is missing, one call more for each."""
    try:
        return tuple(content_status(item) for item in _joint(api))
    except Unsupported:
        return tuple(content_status(item) for item in _one_by_one(api))


def content_status(item: Mapping[str, Any]) -> ContentStatus:
    """A template's row; `approval_requests` comes as one object, a list, or by channel."""
    request = _approval(item.get("approval_requests"))
    return ContentStatus(
        sid=str(item.get("sid") or ""),
        name=str(item.get("friendly_name") or request.get("name") or ""),
        language=str(item.get("language") or ""),
        status=approval_status(request),
        category=_text(request.get("category")),
        reason=_text(request.get("rejection_reason")),
    )


def approval_status(request: Mapping[str, Any]) -> ApprovalStatus:
    """WhatsApp's word; nothing asked is UNSUBMITTED, a word we do not know UNKNOWN."""
    word = str(request.get("status") or ApprovalStatus.UNSUBMITTED).lower()
    return ApprovalStatus(word) if word in set(ApprovalStatus) else ApprovalStatus.UNKNOWN


def create_content(api: TwilioApi, body: Mapping[str, Any]) -> str:
    """One POST of the raw body: the SDK's typed classes would drop keys they do not know."""
    operation = "create content"
    try:
        answer = api.once("content", "POST", "/v1/Content", data=dict(body), json=True)
    except NothingSent as error:
        raise TemporaryFailure(Call("twilio", operation)) from error
    except AnswerLost as error:
        raise InDoubt(Call("twilio", operation)) from error
    return _created(answer, operation)


def request_approval(api: TwilioApi, sid: str, *, name: str, category: str) -> ApprovalStatus:
    """Asks; a refusal because it was asked before answers the word of then."""
    path = f"/v1/Content/{_checked(sid)}/ApprovalRequests/whatsapp"
    data = {"name": name, "category": category}
    try:
        answer = api.asked(
            "request approval", lambda: api.once("content", "POST", path, data=data, json=True)
        )
    except PermanentFailure:
        standing = approval_status(_approval(_standing(api, sid)))
        if standing is ApprovalStatus.UNSUBMITTED:
            raise
        return standing
    return approval_status(_approval(answer.payload))


def _created(answer: Reading, operation: str) -> str:
    match classify(answer, kind="content"):
        case SendResult.ACCEPTED:
            return str(answer.sid("content"))
        case SendResult.IN_DOUBT:
            raise InDoubt(Call("twilio", operation, answer.status, answer.code))
        case SendResult.NOT_SENT | SendResult.REJECTED:
            raise failure(answer, operation)


def _joint(api: TwilioApi) -> Iterator[dict[str, Any]]:
    return api.pages(
        "content",
        "/v1/ContentAndApprovals",
        operation="list contents",
        key="contents",
        params=_PAGE,
    )


def _one_by_one(api: TwilioApi) -> Iterator[dict[str, Any]]:
    items = api.pages(
        "content", "/v1/Content", operation="list contents", key="contents", params=_PAGE
    )
    for item in items:
        yield {**item, "approval_requests": _standing(api, str(item.get("sid") or ""))}


def _standing(api: TwilioApi, sid: str) -> Any:
    path = f"/v1/Content/{_checked(sid)}/ApprovalRequests"
    try:
        return api.read("content", path, operation="read approval").payload.get("whatsapp")
    except Unsupported:  # 404: never submitted
        return None


def _checked(sid: str) -> str:
    if not is_sid(sid, "content"):
        raise ContractBroken(Call("twilio", "contents"), "a template without a proper id")
    return sid


def _approval(found: object) -> Mapping[str, Any]:
    if isinstance(found, list):
        requests = [one for one in found if isinstance(one, dict)]
        for_whatsapp = [one for one in requests if one.get("type", "whatsapp") == "whatsapp"]
        return _approval(next(reversed(for_whatsapp or requests), None))
    if not isinstance(found, dict):
        return {}
    nested = found.get("whatsapp")
    return nested if isinstance(nested, dict) else found


def _text(value: object) -> str | None:
    return str(value) if value else None
