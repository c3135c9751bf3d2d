"""What an account owns and asks about numbers: senders, services, incoming numbers, Lookup."""

from datetime import UTC, datetime

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult
from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.twilio.api import Json, iso, not_found, origin, reply, rfc2822
from recovery.sandbox.twilio.paging import page_2010, page_meta
from recovery.sandbox.twilio.shapes import VERSION
from recovery.sandbox.twilio.state import Account, fixed_sid

_OPENED = datetime(2026, 1, 5, 12, tzinfo=UTC)
_TYPES = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.VOIP: "nonFixedVoip",
    PhoneNumberType.TOLL_FREE: "tollFree",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "sharedCost",
    PhoneNumberType.UAN: "uan",
}
_PROBLEMS = {
    ValidationResult.TOO_SHORT: "TOO_SHORT",
    ValidationResult.TOO_LONG: "TOO_LONG",
    ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
    ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
}
_PACKAGES = (
    "caller_name",
    "sim_swap",
    "call_forwarding",
    "line_status",
    "identity_match",
    "reassigned_number",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
)
_SERVICE_PARTS = {
    "phone_numbers": "PhoneNumbers",
    "short_codes": "ShortCodes",
    "alpha_senders": "AlphaSenders",
    "messages": "Messages",
    "us_app_to_person": "Compliance/Usa2p",
    "us_app_to_person_usecases": "Compliance/Usa2p/Usecases",
    "channel_senders": "ChannelSenders",
    "destination_alpha_senders": "DestinationAlphaSenders",
}

#: People in 24 hours, as Meta's portfolios have them beyond the first ones.
_TIERS = ((10_000, "10K Customers/24hr"), (100_000, "100K Customers/24hr"))


async def incoming_numbers(account: Account, request: Request) -> Response:
    """GET IncomingPhoneNumbers.json."""
    number = account.world.options.voice_from
    asked = request.query_params.get("PhoneNumber", "").lstrip("+")
    rows = [number] if asked in number else []

    def shape(phone: str) -> Json:
        return _incoming(account, phone)

    return reply(page_2010(request, rows, key="incoming_phone_numbers", shape=shape, sid=str))


async def services(account: Account, request: Request) -> Response:
    """GET messaging /v1/Services."""
    base = origin(request)

    def shape(sid: str) -> Json:
        return _service(account, sid, base=base)

    return reply(page_meta(request, [account.service_sid], key="services", shape=shape))


async def service(account: Account, request: Request) -> Response:
    """GET messaging /v1/Services/{Sid}."""
    _check_service(account, request)
    return reply(_service(account, account.service_sid, base=origin(request)))


async def service_senders(account: Account, request: Request) -> Response:
    """GET messaging /v1/Services/{Sid}/ChannelSenders."""
    _check_service(account, request)
    url = f"{origin(request)}{request.url.path}"

    def shape(sender: str) -> Json:
        return {
            "account_sid": account.sid,
            "messaging_service_sid": account.service_sid,
            "sid": _sender_sid(account),
            "sender": sender,
            "sender_type": "WhatsApp",
            "country_code": "US",
            "date_created": iso(_OPENED),
            "date_updated": iso(_OPENED),
            "url": f"{url}/{_sender_sid(account)}",
        }

    return reply(page_meta(request, [account.whatsapp_sender], key="senders", shape=shape))


async def senders(account: Account, request: Request) -> Response:
    """GET messaging /v2/Channels/Senders?Channel=whatsapp."""
    base = origin(request)
    channel = request.query_params.get("Channel", "whatsapp")
    rows = [account.whatsapp_sender] if channel == "whatsapp" else []

    def shape(_: str) -> Json:
        return _sender(account, base=base)

    return reply(page_meta(request, rows, key="senders", shape=shape))


async def sender(account: Account, request: Request) -> Response:
    """GET messaging /v2/Channels/Senders/{Sid}."""
    if request.path_params["sid"] != _sender_sid(account):
        raise not_found(request)
    return reply(_sender(account, base=origin(request)))


async def lookup(_: Account, request: Request) -> Response:
    """GET lookups /v2/PhoneNumbers/{number}; only line_type_intelligence is a paid field here."""
    asked = request.path_params["number"]
    fields = request.query_params.get("Fields", "").split(",")
    region = request.query_params.get("CountryCode")
    body: Json = {
        **dict.fromkeys(("calling_country_code", "country_code", "national_format")),
        **dict.fromkeys(("line_type_intelligence", *_PACKAGES)),
        "phone_number": asked,
        "valid": False,
        "validation_errors": ["NOT_A_NUMBER"],
        "url": f"{origin(request)}/v2/PhoneNumbers/{asked}",
    }
    try:
        number = phonenumbers.parse(asked, region)
    except phonenumbers.NumberParseException:
        return reply(body)
    line_type = _line_type(number) if "line_type_intelligence" in fields else None
    return reply({**body, **_looked_up(number), "line_type_intelligence": line_type})


def _looked_up(number: phonenumbers.PhoneNumber) -> Json:
    valid = phonenumbers.is_valid_number(number)
    possible = phonenumbers.is_possible_number_with_reason(number)
    problem = _PROBLEMS.get(possible, "INVALID_BUT_POSSIBLE")
    return {
        "calling_country_code": str(number.country_code) if valid else None,
        "country_code": phonenumbers.region_code_for_number(number) if valid else None,
        "phone_number": phonenumbers.format_number(number, PhoneNumberFormat.E164),
        "national_format": (
            phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if valid else None
        ),
        "valid": valid,
        "validation_errors": [] if valid else [problem],
    }


def _line_type(number: phonenumbers.PhoneNumber) -> Json:
    kind = phonenumbers.number_type(number)
    return {
        "error_code": None,
        "mobile_country_code": None,
        "mobile_network_code": None,
        "carrier_name": "Sandbox",
        "type": _TYPES.get(kind, "unknown"),
    }


def _check_service(account: Account, request: Request) -> None:
    if request.path_params["sid"] != account.service_sid:
        raise not_found(request)


def _sender_sid(account: Account) -> str:
    return fixed_sid("XE", account.sid)


def _sender(account: Account, *, base: str) -> Json:
    return {
        "sid": _sender_sid(account),
        "status": account.standing.status,
        "sender_id": account.whatsapp_sender,
        "configuration": {"waba_id": "10000000000001", "verification_method": "sms"},
        "webhook": {"callback_url": account.world.webhook_url, "callback_method": "POST"},
        "profile": {"name": "Sandbox firm", "about": "Answers like people do"},
        "properties": {
            "quality_rating": account.standing.quality,
            "messaging_limit": _limit(account),
        },
        "offline_reasons": None,
        "compliance": None,
        "url": f"{base}/v2/Channels/Senders/{_sender_sid(account)}",
    }


def _limit(account: Account) -> str | None:
    if account.standing.limit != "":
        return account.standing.limit
    contacts = account.world.options.contacts
    return next((text for people, text in _TIERS if contacts <= people), "Unlimited")


def _service(account: Account, sid: str, *, base: str) -> Json:
    url = f"{base}/v1/Services/{sid}"
    return {
        "account_sid": account.sid,
        "sid": sid,
        "date_created": iso(_OPENED),
        "date_updated": iso(_OPENED),
        "friendly_name": "Sandbox service",
        "inbound_request_url": account.world.webhook_url,
        "inbound_method": "POST",
        "fallback_url": None,
        "fallback_method": "POST",
        "status_callback": None,
        "sticky_sender": True,
        "mms_converter": True,
        "smart_encoding": False,
        "scan_message_content": "inherit",
        "fallback_to_long_code": False,
        "area_code_geomatch": False,
        "synchronous_validation": False,
        "validity_period": 14400,
        "url": url,
        "links": {name: f"{url}/{path}" for name, path in _SERVICE_PARTS.items()},
        "usecase": "marketing",
        "us_app_to_person_registered": False,
        "use_inbound_webhook_on_number": False,
    }


def _incoming(account: Account, phone: str) -> Json:
    sid = fixed_sid("PN", phone)
    return {
        **dict.fromkeys(("address_sid", "identity_sid", "bundle_sid", "trunk_sid")),
        **dict.fromkeys(("voice_url", "voice_fallback_url", "emergency_address_sid")),
        **dict.fromkeys(("sms_application_sid", "voice_application_sid"), None),
        **dict.fromkeys(("sms_url", "sms_fallback_url", "status_callback"), ""),
        **dict.fromkeys(("sms_method", "sms_fallback_method", "voice_method"), "POST"),
        **dict.fromkeys(("voice_fallback_method", "status_callback_method"), "POST"),
        "account_sid": account.sid,
        "address_requirements": "none",
        "api_version": VERSION,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "date_created": rfc2822(_OPENED),
        "date_updated": rfc2822(_OPENED),
        "emergency_status": "Inactive",
        "emergency_address_status": "unregistered",
        "friendly_name": phone,
        "origin": "twilio",
        "phone_number": phone,
        "sid": sid,
        "status": "in-use",
        "type": "local",
        "uri": f"/{VERSION}/Accounts/{account.sid}/IncomingPhoneNumbers/{sid}.json",
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
    }
