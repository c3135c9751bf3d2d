"""Twilio's half of the sandbox."""

from starlette.routing import BaseRoute, Route

from recovery.sandbox.twilio import calls, content, control, media, messages, numbers
from recovery.sandbox.twilio.api import Handler, endpoint, unguarded
from recovery.sandbox.twilio.state import Account

_ACCOUNT = "/2010-04-01/Accounts/{account}"
_CONTENT = "/v1/Content/{sid}"


def routes(account: Account) -> list[BaseRoute]:
    """Twilio's paths and the control endpoints of people (`/_sandbox/people`, `/call` …)."""
    guarded = [
        Route(path, endpoint(account, handler), methods=[method])
        for method, path, handler in [*_telephony(), *_templates(), *_numbers()]
    ]
    steering = [
        Route(path, unguarded(account, handler), methods=methods)
        for methods, path, handler in _control()
    ]
    files = Route("/media-host/{account}/{media}/{kind:path}", media.media_host)
    return [*guarded, *steering, files]


def _telephony() -> list[tuple[str, str, Handler]]:
    one_message = f"{_ACCOUNT}/Messages/{{sid}}"
    return [
        ("POST", f"{_ACCOUNT}/Messages.json", messages.create),
        ("GET", f"{_ACCOUNT}/Messages.json", messages.list_all),
        ("GET", f"{one_message}/Media.json", media.list_media),
        ("GET", f"{one_message}/Media/{{media}}", media.fetch_media),
        ("GET", f"{one_message}.json", messages.fetch),
        ("POST", f"{one_message}.json", messages.update),
        ("DELETE", f"{one_message}.json", messages.delete),
        ("POST", f"{_ACCOUNT}/Calls.json", calls.create),
        ("GET", f"{_ACCOUNT}/Calls.json", calls.list_all),
        ("GET", f"{_ACCOUNT}/Calls/{{sid}}.json", calls.fetch),
        ("POST", f"{_ACCOUNT}/Calls/{{sid}}.json", calls.update),
        ("GET", f"{_ACCOUNT}/IncomingPhoneNumbers.json", numbers.incoming_numbers),
    ]


def _templates() -> list[tuple[str, str, Handler]]:
    return [
        ("POST", "/v1/Content", content.create),
        ("GET", "/v1/Content", content.list_all),
        ("GET", "/v2/Content", content.list_all),
        ("GET", "/v1/ContentAndApprovals", content.list_with_approvals),
        ("GET", "/v2/ContentAndApprovals", content.list_with_approvals),
        ("GET", _CONTENT, content.fetch),
        ("DELETE", _CONTENT, content.delete),
        ("POST", f"{_CONTENT}/ApprovalRequests/whatsapp", content.submit),
        ("GET", f"{_CONTENT}/ApprovalRequests", content.fetch_approval),
    ]


def _numbers() -> list[tuple[str, str, Handler]]:
    return [
        ("GET", "/v2/PhoneNumbers/{number}", numbers.lookup),
        ("GET", "/v1/Services", numbers.services),
        ("GET", "/v1/Services/{sid}", numbers.service),
        ("GET", "/v1/Services/{sid}/ChannelSenders", numbers.service_senders),
        ("GET", "/v2/Channels/Senders", numbers.senders),
        ("GET", "/v2/Channels/Senders/{sid}", numbers.sender),
    ]


def _control() -> list[tuple[list[str], str, Handler]]:
    return [
        (["GET", "POST"], "/_sandbox/people", control.people),
        (["GET"], "/_sandbox/call", control.call),
        (["POST"], "/_sandbox/reps", control.reps),
        (["POST"], "/_sandbox/inbound", control.inbound),
        (["POST"], "/_sandbox/webhook", control.webhook),
        (["POST"], "/_sandbox/approval", control.approval),
        (["POST"], "/_sandbox/reviews", control.reviews),
        (["POST"], "/_sandbox/sender", control.sender),
    ]
