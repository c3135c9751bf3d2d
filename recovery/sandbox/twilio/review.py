"""WhatsApp's review of templates: slow, refusing with a reason, changing categories, pausing later.

By default it takes an hour and goes by Meta's rules; `POST /_sandbox/reviews` scripts its worst.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from recovery.sandbox.people import draw
from recovery.sandbox.twilio.sending import body_of, placeholders
from recovery.sandbox.twilio.state import Account, Content, Review

_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_AT_END: Final = re.compile(r"^\s*\{\{|\}\}[\s.,!?]*$")
_ADJACENT: Final = re.compile(r"\}\}\s*\{\{")
_WORD: Final = re.compile(r"\{\{.*?\}\}|\S+")
_BODY_LIMIT: Final = 1024
_TITLE_LIMIT: Final = 25
_MOST_BUTTONS: Final = 10


def script(account: Account, body: Mapping[str, object]) -> Review:
    """How templates submitted from now on fare whose name matches; raises ValueError."""
    known = set(Review.__dataclass_fields__)
    if unknown := body.keys() - known:
        raise ValueError(
            f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
        )
    try:
        made = Review(**body)  # type: ignore[arg-type]
        re.compile(made.match)
    except (TypeError, re.error) as error:
        raise ValueError(str(error)) from None
    account.reviews.insert(0, made)
    return made


def review(account: Account, content: Content) -> None:
    """Schedules what WhatsApp says of a template that was just submitted."""
    assert content.approval is not None
    name = content.approval.name
    told = next((one for one in account.reviews if re.search(one.match, name)), Review())
    hour = 10 + draw(content.sid, "review") * 50
    decided = account.now + timedelta(minutes=told.minutes if told.minutes is not None else hour)

    async def take_up() -> None:
        _judge(account, content, "pending")

    async def decide() -> None:
        reason = told.reason or rejection(account, content)
        if told.category and content.approval:
            content.approval.category = told.category
        status = told.status or ("rejected" if reason else "approved")
        _judge(account, content, status, reason if status == "rejected" else "")

    async def regret() -> None:
        if told.then and content.approval and content.approval.status == "approved":
            _judge(account, content, told.then)

    account.world.clock.schedule(min(decided, account.now + timedelta(minutes=1)), take_up)
    account.world.clock.schedule(decided, decide)
    if told.then:
        account.world.clock.schedule(decided + timedelta(minutes=told.then_after), regret)


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
