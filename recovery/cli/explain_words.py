"""The closed sets of `explain` in plain words: statuses, states, and why numbers are not used."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from recovery.domain.case import MAY_BE_FOLLOWED, CaseEnd
from recovery.domain.email_status import EmailStatus
from recovery.domain.numbering import PhoneProblem
from recovery.domain.policy import Open, Policy

if TYPE_CHECKING:
    from recovery.adapters.db.queries.dossier import Dossier, NumberView

_STATES = {
    "open": "open",
    "proposed": "a free win waits for a manager",
    "confirming": "waits for the person to confirm the new address",
    "consented": "consented, waits until Keap shows it",
    "engaged": "a person of the team talks with them",
    "hold": "in the hold before the archive",
    "closed": "closed",
    "intended": "about to be sent",
    "sending": "on its way to Twilio",
    "in_doubt": "in doubt: nobody knows yet whether it was sent; never sent twice",
    "accepted": "taken by Twilio",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "not delivered",
    "rejected": "refused by Twilio",
    "absent": "never arrived at Twilio; not sent again",
    "cancelled": "cancelled",
}
_PROBLEMS = {
    PhoneProblem.empty: "nothing is there",
    PhoneProblem.no_number: "there is no phone number in it",
    PhoneProblem.no_country: (
        "no country in the text or the address, and the policy's default_region is empty"
    ),
    PhoneProblem.too_short: "too few digits",
    PhoneProblem.too_long: "too many digits",
    PhoneProblem.not_valid: "no such number in its country",
    PhoneProblem.not_reachable: "a service number, not a person's",
}
_DROPPED = {
    "wrong": "somebody else's: they said so",
    "no_whatsapp": "has no WhatsApp",
}


def state_words(state: str) -> str:
    """A state of a case or of a message."""
    return _STATES.get(state, state.replace("_", " "))


def status_words(status: str, raw: str | None) -> str:
    """A status with its number and label; unknown ones show what Keap said."""
    known = EmailStatus(status)
    number = f"{known.number} " if known.number else ""
    said = f", Keap says {raw!r}" if known is EmailStatus.UNKNOWN and raw else ""
    return f"{number}{known.label()} ({status}){said}"


def number_words(known: "Dossier", policy: Policy) -> Iterator[tuple[str, str]]:
    """Every number with its zones and what it may be used for."""
    for number in known.numbers:
        where = ", ".join(number.zones) or "no zone known"
        use = _use(number, policy)
        yield "number", f"{number.e164}  {number.kind}  {number.country}  {where}: {use}"
    for text, problem in known.unread:
        yield "number", f"{text!r} is not used: {_PROBLEMS[PhoneProblem(problem)]}"
    if known.stored_whole and not known.numbers and not known.unread:
        yield "number", "none in Keap"


def _use(number: "NumberView", policy: Policy) -> str:
    reasons = [_DROPPED.get(why, why.replace("_", " ")) for why in number.dropped]
    if "wrong" in number.dropped:
        return f"not used, {reasons[0]}"
    if not number.zones:
        return "not used, because the allowed hours are not known (default_zone is empty)"
    if number.held_by > policy.caps.contacts_per_person:
        return f"takes calls only, {number.held_by} contacts have it: an office"
    if reasons:
        return f"takes calls only, {reasons[0]}"
    if number.kind not in ("mobile", "either"):
        return f"takes calls only, a {number.kind} number"
    return "takes WhatsApp and calls"


def why_no_case(known: "Dossier", policy: Policy, now: datetime) -> str:
    """Why this contact has no open case, in one line."""
    if known.tombstone:
        return "they were deleted from Keap, with a copy in the archive"
    if known.status is None:
        return "no pull has met this contact: check the id, or run `recovery pull`"
    status = EmailStatus(known.status)
    if not status.matters:
        return "their e-mail works as far as Keap knows: there is nothing to win back"
    if status is EmailStatus.UNKNOWN:
        return "Keap shows a status we do not know: shown, never contacted, never deleted"
    if known.cases:
        return _after_a_case(known)
    return _before_a_case(known, policy, status, now)


def _after_a_case(known: "Dossier") -> str:
    last = known.cases[0]
    ended = (last.end or "closed").replace("_", " ")
    if last.end == CaseEnd.NOT_ALLOWED:
        return f"their last case ended as {ended}; it goes on at the next pull that allows it"
    healed = known.healed_at and last.closed_at and known.healed_at > last.closed_at
    if healed or last.end in MAY_BE_FOLLOWED:
        return f"their last case ended as {ended}; the next pull opens another if need be"
    return f"their last case ended as {ended}; another follows only a healing, or a person's word"


def _before_a_case(known: "Dossier", policy: Policy, status: EmailStatus, now: datetime) -> str:
    rule = policy.rule(status)
    since = known.status_since or now
    opens_at = since + timedelta(days=rule.after_days)
    if rule.open is Open.NEVER:
        return "the policy opens no case in this status"
    if rule.open is Open.ON_REQUEST and known.requested_at is None:
        return "the policy opens a case in this status only when a manager asks for it"
    if opens_at > now:
        return f"Keap may still heal this status: a case opens on {opens_at:%Y-%m-%d} if it stays"
    if known.deleted_twins:
        return "somebody with the same number or address was deleted earlier: nothing is automatic"
    return "the next `recovery pull` opens one"
