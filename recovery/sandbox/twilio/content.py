"""The Content API: templates, and asking WhatsApp to approve them."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.twilio.api import Json, RefusedError, iso, not_found, origin, reply
from recovery.sandbox.twilio.paging import page_meta
from recovery.sandbox.twilio.review import review
from recovery.sandbox.twilio.sending import body_of
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
    review(account, content)
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
