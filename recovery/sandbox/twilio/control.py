"""Control endpoints about people: ask about them, script them, have them write or be dialled."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from recovery.sandbox.conversation import Button
from recovery.sandbox.directory import Person, whatsapp_form
from recovery.sandbox.people import as_json, phone_talk
from recovery.sandbox.twilio import review
from recovery.sandbox.twilio.inbound import Written, write
from recovery.sandbox.twilio.phones import script
from recovery.sandbox.twilio.state import Account, Message

Json = dict[str, object]


async def people(account: Account, request: Request) -> Response:
    """GET or POST /_sandbox/people: one person, by phone; a POST replaces habits."""
    if request.method == "GET":
        phone = request.query_params.get("phone", "")
        return JSONResponse(_about(account.directory.person(phone), phone))
    body = await request.json()
    phone = str(body.get("phone", ""))
    try:
        person = account.directory.script(phone, dict(body.get("persona") or {}))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return JSONResponse(_about(person, phone))


async def call(account: Account, request: Request) -> Response:
    """GET /_sandbox/call: what happens when a rep dials this number by hand."""
    person = account.directory.person(request.query_params.get("phone", ""))
    attempt = request.query_params.get("attempt", "1")
    if not attempt.isdecimal() or int(attempt) < 1:
        return JSONResponse({"error": "attempt counts from 1"}, status_code=400)
    return JSONResponse(asdict(phone_talk(person.persona, attempt=int(attempt))))


async def reps(account: Account, request: Request) -> Response:
    """POST /_sandbox/reps: what a rep's own phone does, by `phone`: `carrier` (answered, busy,
    no_answer, voicemail, failed), `presses` (a key or null), `after` and `seconds`."""
    body = await request.json()
    try:
        habits = script(account, str(body.get("phone", "")), dict(body.get("habits") or {}))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return JSONResponse(asdict(habits))


async def inbound(account: Account, request: Request) -> Response:
    """POST /_sandbox/inbound: a person writes by themselves, or taps a button of the last message.

    `from`, and `body`, `button` (its id), `voice` or `picture`; `to` and `profile_name` where they
    matter.
    """
    body = await request.json()
    sender = str(body.get("from", "")).removeprefix("whatsapp:")
    person = account.directory.person(sender)
    to = str(body.get("to") or account.whatsapp_sender)
    last = _last_to(account, person, to)
    button = _button(last, body.get("button"))
    written = Written(
        text=str(body.get("body") or ""),
        button=button,
        voice=bool(body.get("voice")),
        picture=bool(body.get("picture")),
        answers=last if button or (last and last.service_sid) else None,
        sender=f"whatsapp:{sender}",
        profile_name=body.get("profile_name"),
    )
    message = await write(account, person, to, written)
    return JSONResponse({"sid": message.sid, "from": message.sender}, status_code=201)


async def webhook(account: Account, request: Request) -> Response:
    """POST /_sandbox/webhook: where inbound messages go from now on; null learns it anew."""
    body = await request.json()
    account.world.webhook_url = body.get("url")
    return JSONResponse({"url": account.world.webhook_url})


async def approval(account: Account, request: Request) -> Response:
    """POST /_sandbox/approval: what WhatsApp does to one template now, by `sid` or `name`:
    `status` (paused, disabled …), `category`, `reason`."""
    body = await request.json()
    wanted = (body.get("sid"), body.get("name"))
    found = (c for c in account.contents.values() if c.sid in wanted or c.friendly_name in wanted)
    content = next(found, None)
    if content is None or content.approval is None:
        return JSONResponse({"error": "no such template was submitted"}, status_code=404)
    content.approval.status = str(body.get("status", content.approval.status))
    content.approval.category = str(body.get("category", content.approval.category))
    content.approval.rejection_reason = str(body.get("reason", content.approval.rejection_reason))
    return JSONResponse({"sid": content.sid, "status": content.approval.status})


async def reviews(account: Account, request: Request) -> Response:
    """POST /_sandbox/reviews: how WhatsApp's review of templates ends from now on, by `match`
    (a pattern of names): `minutes`, `status`, `reason`, `category`, `then` after `then_after`."""
    try:
        made = review.script(account, dict(await request.json()))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return JSONResponse(asdict(made), status_code=201)


async def sender(account: Account, request: Request) -> Response:
    """POST /_sandbox/sender: what Meta says of the WhatsApp sender from now on.

    `quality`, `limit`, `status`; null where it says nothing. `fails_with`: codes with which the
    next messages fail, one each.
    """
    body = await request.json()
    standing = account.standing
    for name in {"quality", "limit", "status", "fails_with"} & body.keys():
        setattr(standing, name, body[name])
    return JSONResponse(asdict(standing))


def _about(person: Person, phone: str) -> Json:
    return {
        "phone": phone,
        "line": person.key,
        "contact_id": person.contact_id,
        "whatsapp_from": whatsapp_form(person),
        "persona": as_json(person.persona),
    }


def _last_to(account: Account, person: Person, sender: str) -> Message | None:
    ours = reversed(account.by_address[sender])
    return next(
        (
            message
            for message in ours
            if message.sender == sender and account.directory.person(message.phone) == person
        ),
        None,
    )


def _button(last: Message | None, wanted: object) -> Button | None:
    if not isinstance(wanted, str):
        return None
    known = last.buttons if last else ()
    return next((button for button in known if button.id == wanted), Button(wanted, wanted))
