"""The Content API: templates, and WhatsApp's review of them."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.people import draw
from recovery.sandbox.twilio.api import Json, RefusedError, iso, not_found, origin, reply
from recovery.sandbox.twilio.paging import page_meta
from recovery.sandbox.twilio.sending import body_of, placeholders
from recovery.sandbox.twilio.shapes import (
    approval_json,
    content_and_approval_json,
    content_json,
)
from recovery.sandbox.twilio.state import Account, Approval, Content

_TYPES: Final = frozenset(
    {
        "twilio/text", "twilio/media", "twilio/location", "twilio/list-picker",
        "twilio/call-to-action", "twilio/quick-reply", "twilio/card", "twilio/catalog",
        "twilio/carousel", "twilio/flows", "twilio/schedule", "whatsapp/card",
        "whatsapp/authentication", "whatsapp/flows",
    }
)  # fmt: skip
_CATEGORIES: Final = frozenset({"MARKETING", "UTILITY", "AUTHENTICATION"})
_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_AT_END: Final = re.compile(r"^\s*\{\{|\}\}[\s.,!?]*$")
_ADJACENT: Final = re.compile(r"\}\}\s*\{\{")
_WORD: Final = re.compile(r"\{\{.*?\}\}|\S+")
_BODY_LIMIT: Final = 1024
_TITLE_LIMIT: Final = 25
_MOST_BUTTONS: Final = 10


async def create(account: Account, request: Request) -> Response:
    """POST /v1/Content."""
    body = await _json(request)
    types = body.get("types")
    if not isinstance(body.get("language"), str) or not isinstance(types, dict) or not types:
        raise RefusedError(20001, "Parameters 'language' and 'types' are required")
    _check_types(types)
    now = account.now
    content = Content(
        sid=account.new_sid("HX"),
        friendly_name=str(body.get("friendly_name") or ""),
        language=body["language"],
        variables={str(key): str(value) for key, value in (body.get("variables") or {}).items()},
        types=types,
        created_at=now,
        updated_at=now,
    )
    account.contents[content.sid] = content
    account.world.ledger.append(
        "content", sid=content.sid, name=content.friendly_name, language=content.language
    )
    return reply(content_json(account, content, base=origin(request)), status=201)


async def list_all(account: Account, request: Request) -> Response:
    """GET /v1/Content and /v2/Content."""
    base = origin(request)

    def shape(content: Content) -> Json:
        return content_json(account, content, base=base)

    return reply(page_meta(request, _chosen(account, request), key="contents", shape=shape))


async def list_with_approvals(account: Account, request: Request) -> Response:
    """GET /v1/ContentAndApprovals and /v2/ContentAndApprovals."""

    def shape(content: Content) -> Json:
        return content_and_approval_json(account, content)

    return reply(page_meta(request, _chosen(account, request), key="contents", shape=shape))


async def fetch(account: Account, request: Request) -> Response:
    """GET /v1/Content/{Sid}."""
    return reply(content_json(account, _found(account, request), base=origin(request)))


async def delete(account: Account, request: Request) -> Response:
    """DELETE /v1/Content/{Sid}."""
    content = _found(account, request)
    del account.contents[content.sid]
    account.world.ledger.append("content_deleted", sid=content.sid)
    return Response(status_code=204)


async def submit(account: Account, request: Request) -> Response:
    """POST /v1/Content/{Sid}/ApprovalRequests/whatsapp; reviewed within sandbox minutes."""
    content = _found(account, request)
    body = await _json(request)
    name, category = str(body.get("name") or ""), str(body.get("category") or "").upper()
    if category not in _CATEGORIES:
        raise RefusedError(20001, "Parameter 'category' is not valid")
    if content.approval or (name, content.language) in account.refused_names:
        raise RefusedError(20001, f"The template name {name} was submitted before; use another")
    content.approval = Approval(
        name=name,
        category=category,
        content_type=next(iter(content.types)),
        status="received",
    )
    account.world.ledger.append("approval", sid=content.sid, name=name, category=category)
    answer = reply(approval_json(content.approval), status=201)
    _review(account, content)
    return answer


async def fetch_approval(account: Account, request: Request) -> Response:
    """GET /v1/Content/{Sid}/ApprovalRequests."""
    content = _found(account, request)
    body = {
        "sid": content.sid,
        "account_sid": account.sid,
        "whatsapp": {"type": "whatsapp", **approval_json(content.approval)},
        "url": f"{origin(request)}{request.url.path}",
    }
    return reply(body)


def _review(account: Account, content: Content) -> None:
    async def take_up() -> None:
        _judge(account, content, "pending")

    async def decide() -> None:
        reason = rejection(account, content)
        _judge(account, content, "rejected" if reason else "approved", reason)

    minutes = 10 + draw(content.sid, "review") * 50
    account.world.clock.schedule(account.now + timedelta(minutes=1), take_up)
    account.world.clock.schedule(account.now + timedelta(minutes=minutes), decide)


def _judge(account: Account, content: Content, status: str, reason: str = "") -> None:
    approval = content.approval
    if approval is None or content.sid not in account.contents:
        return
    approval.status, approval.rejection_reason = status, reason
    content.updated_at = account.now
    if status == "rejected":
        account.refused_names.add((approval.name, content.language))
    account.world.ledger.append(
        "approval_status", sid=content.sid, status=status, reason=reason, name=approval.name
    )


def rejection(account: Account, content: Content) -> str:
    """Why WhatsApp refuses the template; empty when it does not."""
    approval = content.approval
    if approval is None or not _NAME.fullmatch(approval.name):
        return "INVALID_FORMAT. The template name may hold lower-case letters, digits and _ only"
    body = body_of(content)
    if _AT_END.search(body):
        return "INVALID_FORMAT. Variables can't be at the start or end of the template"
    if _ADJACENT.search(body):
        return "INVALID_FORMAT. Variables can't be next to each other"
    if len(body) > _BODY_LIMIT or _has_bad_buttons(content):
        return "INVALID_FORMAT. The body or a button is too long"
    if problem := _variable_problem(content, body):
        return problem
    if _name_taken(account, content):
        return "INVALID_FORMAT. There is already content with this name and language"
    return ""


def _variable_problem(content: Content, body: str) -> str:
    names = set(placeholders(body))
    numbers = sorted(int(name) for name in names if name.isdecimal())
    if names - content.variables.keys():
        return "INVALID_FORMAT. Component of type BODY is missing expected field(s) (example)"
    if numbers and numbers != list(range(1, len(numbers) + 1)):
        return "INVALID_FORMAT. Variables must be numbered without gaps"
    words = [word for word in _WORD.findall(body) if not word.startswith("{{")]
    if names and len(words) < 2 * len(names) + 1:
        return "INVALID_FORMAT. This template has too many variables for its length"
    return ""


def _has_bad_buttons(content: Content) -> bool:
    actions = [action for shape in content.types.values() for action in shape.get("actions", ())]
    titles = [str(action.get("title", "")) for action in actions]
    return len(actions) > _MOST_BUTTONS or any(len(title) > _TITLE_LIMIT for title in titles)


def _name_taken(account: Account, content: Content) -> bool:
    mine = content.approval
    return mine is not None and any(
        other is not content
        and other.language == content.language
        and other.approval is not None
        and other.approval.name == mine.name
        and other.approval.status == "approved"
        for other in account.contents.values()
    )


def _chosen(account: Account, request: Request) -> list[Content]:
    """The templates that pass the v2 filters; v1 has none."""
    contents = list(account.contents.values())
    if not request.url.path.startswith("/v2"):
        return contents
    return [content for content in contents if all(test(content) for test in _filters(request))]


def _filters(request: Request) -> list[Callable[[Content], bool]]:
    query = request.query_params
    tests: list[Callable[[Content], bool]] = []
    if languages := query.getlist("Language"):
        tests.append(lambda content: content.language in languages)
    if types := query.getlist("ContentType"):
        tests.append(lambda content: not content.types.keys().isdisjoint(types))
    if name := query.get("ContentName"):
        tests.append(lambda content: re.search(name, content.friendly_name) is not None)
    if text := query.get("Content"):
        tests.append(lambda content: text.lower() in body_of(content).lower())
    if wanted := query.getlist("ChannelEligibility"):
        tests.append(
            lambda content: f"whatsapp:{approval_json(content.approval)['status']}" in wanted
        )
    if after := query.get("DateCreatedAfter"):
        tests.append(lambda content: iso(content.created_at) >= iso(_date(after)))
    if before := query.get("DateCreatedBefore"):
        tests.append(lambda content: iso(content.created_at) <= iso(_date(before)))
    return tests


def _date(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise RefusedError(20001, "A date filter is not a valid date") from None


def _check_types(types: dict[str, Any]) -> None:
    for name, shape in types.items():
        if name not in _TYPES or not isinstance(shape, dict):
            raise RefusedError(20001, f"Unknown content type {name}")
        needs_body = name in {"twilio/text", "twilio/quick-reply", "twilio/call-to-action"}
        if needs_body and not shape.get("body"):
            raise RefusedError(20001, f"{name} requires a body")
        if any("title" not in action for action in shape.get("actions", ())):
            raise RefusedError(20001, f"{name} requires a title for each action")


async def _json(request: Request) -> Json:
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(20001, "Request body is not a JSON object")
    return body


def _found(account: Account, request: Request) -> Content:
    content = account.contents.get(request.path_params["sid"])
    if content is None:
        raise not_found(request)
    return content
