"""Twilio's resources as JSON, field for field as its OpenAPI files have them."""

from recovery.sandbox.twilio.api import Json, iso, rfc2822
from recovery.sandbox.twilio.codes import TEXTS
from recovery.sandbox.twilio.state import Account, Approval, Call, Content, Message

VERSION = "2010-04-01"
_CALL_PARTS = (
    "notifications",
    "recordings",
    "payments",
    "events",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_message_subscriptions",
    "user_defined_messages",
)


def message_json(account: Account, message: Message) -> Json:
    """A Message resource."""
    uri = f"/{VERSION}/Accounts/{account.sid}/Messages/{message.sid}"
    return {
        "account_sid": account.sid,
        "api_version": VERSION,
        "body": message.body,
        "date_created": rfc2822(message.created_at),
        "date_sent": rfc2822(message.sent_at),
        "date_updated": rfc2822(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": TEXTS.get(message.error_code) if message.error_code else None,
        "from": None if message.status == "accepted" else message.sender,
        "messaging_service_sid": message.service_sid,
        "num_media": str(len(message.media)),
        "num_segments": str(message.segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def call_json(account: Account, call: Call) -> Json:
    """A Call resource."""
    uri = f"/{VERSION}/Accounts/{account.sid}/Calls/{call.sid}"
    return {
        "account_sid": account.sid,
        "answered_by": call.answered_by,
        "api_version": VERSION,
        "caller_name": None,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
        "direction": "outbound-dial" if call.parent_sid else "outbound-api",
        "duration": None if call.duration is None else str(call.duration),
        "end_time": rfc2822(call.ended_at),
        "forwarded_from": None,
        "from": call.sender,
        "from_formatted": call.sender,
        "group_sid": None,
        "parent_call_sid": call.parent_sid,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": rfc2822(call.started_at),
        "status": call.status,
        "subresource_uris": {
            part: f"{uri}/{part.title().replace('_', '')}.json" for part in _CALL_PARTS
        },
        "to": call.to,
        "to_formatted": call.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def content_json(account: Account, content: Content, *, base: str) -> Json:
    """A Content resource; `base` is where this API was reached."""
    url = f"{base}/v1/Content/{content.sid}"
    return {
        **_content(account, content),
        "url": url,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
    }


def content_and_approval_json(account: Account, content: Content) -> Json:
    """A Content with its approval, as the bulk list has it."""
    return {**_content(account, content), "approval_requests": approval_json(content.approval)}


def approval_json(approval: Approval | None) -> Json:
    """An approval request; a template that was never submitted has one that says so."""
    return {
        "name": approval.name if approval else "",
        "category": approval.category if approval else "",
        "content_type": approval.content_type if approval else "",
        "status": approval.status if approval else "unsubmitted",
        "rejection_reason": approval.rejection_reason if approval else "",
        "allow_category_change": True,
    }


def _content(account: Account, content: Content) -> Json:
    return {
        "sid": content.sid,
        "account_sid": account.sid,
        "friendly_name": content.friendly_name,
        "language": content.language,
        "variables": content.variables,
        "types": content.types,
        "date_created": iso(content.created_at),
        "date_updated": iso(content.updated_at),
    }
