"""`recovery explain CONTACT`: why a person is where they are, and what comes next."""

from collections.abc import Iterator
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from recovery.cli.errors import FAILED
from recovery.cli.explain_words import number_words, state_words, status_words, why_no_case
from recovery.cli.group import example, takes_any_text
from recovery.cli.output import JsonOption, note, print_json

if TYPE_CHECKING:
    from recovery.adapters.db.queries.dossier import AttemptView, CaseView, Dossier, OutcomeView
    from recovery.cli.installation import Recovery

Line = tuple[str, str]


@takes_any_text
@example("recovery explain 1234", "recovery explain ana@example.com --json")
def explain(
    contact: Annotated[str, typer.Argument(help="A Keap id, an e-mail address or a phone.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell everything about one contact: status, case, why, what comes next, and the history.

    It reads our own database only; `recovery pull` brings it up to date first.
    """
    from recovery.adapters.db.queries.explain import dossier
    from recovery.cli.installation import existing

    recovery = existing()
    found, others = _chosen(recovery, contact)
    known = dossier(recovery.database, found)
    if as_json:
        reason = None if known.open_case else why_no_case(known, recovery.policy, recovery.clock())
        print_json({"contact": known, "why_no_case": reason, "same_person": others})
    elif known.is_known:
        print_dossier(known, recovery)
        if others:
            note(f"other contacts with this phone or address: {', '.join(others)}")
    if not known.is_known:
        note("recovery: nobody of this id, address or phone is known here: run `recovery pull`")
        raise typer.Exit(FAILED)


def _chosen(recovery: "Recovery", text: str) -> tuple[str, list[str]]:
    """The contact meant, with the others that share the phone or address."""
    from recovery.adapters.db.queries.person import find_contacts

    region = recovery.policy.default_region or None
    found = find_contacts(recovery.database, text, keys=recovery.keys, region=region)
    return (found[0], found[1:]) if found else (text.strip(), [])


def print_dossier(known: "Dossier", recovery: "Recovery") -> None:
    """Prints the whole of it, also where another command shows one contact's history."""
    print(f"contact {known.contact_id}  {known.name}".rstrip())
    for title, text in _summary(known, recovery):
        print(f"  {title:<14}{text}")
    for head, lines in (
        ("attempts", list(_attempts(known))),
        ("replies", list(_replies(known))),
        ("history", list(_history(known))),
    ):
        if lines:
            print(f"\n{head}")
            for line in lines:
                print(f"  {line}")


def _summary(known: "Dossier", recovery: "Recovery") -> Iterator[Line]:
    if known.status:
        since = f", since {_day(known.status_since)}" if known.status_since else ""
        yield "status", status_words(known.status, known.raw_status) + since
    for email, place, status in known.emails:
        yield "e-mail", f"{email} ({place}{', ' + status if status else ''})"
    yield from _case_lines(known, recovery)
    for consent in known.consents:
        source = f" {consent.source!r}" if consent.source else ""
        said = f": {consent.text!r}" if consent.text else ""
        of = f"{consent.channel}, by {consent.basis}{source}, seen {_day(consent.at)}"
        yield "consent", of + said
    if not known.consents and known.stored_whole:
        yield "consent", "none is on record"
    yield from number_words(known, recovery.policy)
    for one in known.suppressions:
        until = f", until {_day(one.expires_at)}" if one.expires_at else ""
        until = f", lifted {_day(one.lifted_at)}" if one.lifted_at else until
        of = f"{one.channel}: {one.reason} ({one.source}), {_moment(one.at)}"
        yield "suppressed", of + until
    if known.protected:
        yield "protected", "a tag of theirs keeps them from deletion"
    yield from _end_lines(known)


def _case_lines(known: "Dossier", recovery: "Recovery") -> Iterator[Line]:
    case = known.open_case
    if case is None:
        yield "no open case", why_no_case(known, recovery.policy, recovery.clock())
    else:
        yield "case", _case_words(case)
        yield "why", _why(case)
        yield "next", _next(case)
        if case.win_email and not case.win_rejected:
            yield "free win", f"proposed to a manager: {_win(case.win_email)}"
        if case.hold_until:
            yield "hold", f"until {_moment(case.hold_until)}; an answer or a healing takes them out"
    for old in known.cases:
        if old is not case:
            yield (
                "earlier",
                f"case {old.id}, {_day(old.opened_at)}: ended {old.end} {_day(old.closed_at)}",
            )


def _case_words(case: "CaseView") -> str:
    parts = [
        f"{case.id}, {state_words(case.state)}",
        f"round {case.round}",
        f"goal {case.goal.replace('_', ' ')}",
        f"in {case.language}",
        f"opened {_day(case.opened_at)} for {case.opened_status}",
    ]
    if case.stopped:
        parts.append("they said stop")
    if len(case.contacts) > 1:
        parts.append(f"one person with contacts {', '.join(case.contacts)}")
    return ", ".join(parts)


def _why(case: "CaseView") -> str:
    if case.rule is None:
        return "not decided yet: `recovery route` does it"
    decided = f", decided {_moment(case.decided_at)}" if case.decided_at else ""
    return f"{case.reason} (rule {case.rule}, policy {case.policy_version}{decided})"


def _next(case: "CaseView") -> str:
    if case.next_act is None:
        return f"decided anew by the next route{_from(case.route_at)}"
    what = {
        "message": f"WhatsApp {case.next_template} to {case.next_number}",
        "call": f"call {case.next_step} to {case.next_number}",
        "wait": "looked at again",
        "hold": "the hold ends",
        "free_win": "the cadence starts unless a manager decides before",
        "archive": "archived by the next `recovery archive build`, then approval",
    }.get(case.next_act, case.next_act)
    if case.next_at is None:
        return what if case.next_act == "archive" else f"{what} when something happens"
    return f"{what}, {_moment(case.next_at, case.next_zone)}"


def _from(at: datetime | None) -> str:
    return f", from {_moment(at)}" if at else ""


def _win(email: str) -> str:
    return "another record of the same person is deliverable" if email == "twin" else email


def _end_lines(known: "Dossier") -> Iterator[Line]:
    for one in known.archives:
        reason = f": {one.reason.replace('_', ' ')}" if one.reason else ""
        deleted = f", deleted {_moment(one.deleted_at)}" if one.deleted_at else ""
        yield "archive", f"batch {one.batch_id} ({one.batch_state}): {one.state}{reason}{deleted}"
    if known.tombstone:
        stopped = ", they had said stop" if known.tombstone.stopped else ""
        yield "tombstone", f"deleted in batch {known.tombstone.batch_id}{stopped}"
    for write in known.writes:
        error = f": {write.error}" if write.error else ""
        yield "to Keap", f"{write.kind} is {write.state}{error}"


def _attempts(known: "Dossier") -> Iterator[str]:
    for one in known.attempts:
        code = f", {_code(one.code)}" if one.code else ""
        yield f"{_moment(one.sending_at or one.ended_at or one.created_at)}  {_attempt(one)}{code}"


def _attempt(one: "AttemptView") -> str:
    if one.channel == "call":
        result = one.disposition.replace("_", " ") if one.disposition else one.state
        by = f" by {one.actor}" if one.actor else ""
        due = f", due {_moment(one.due_at)}" if one.state == "queued" and one.due_at else ""
        return f"call {one.step}{_to(one.number)}: {result}{by}{due}"
    what = f"WhatsApp {one.step} {one.template or 'answer'}{_to(one.number)}"
    return f"{what}: {state_words(one.state)}"


def _to(number: str) -> str:
    """Nothing for the deleted, whose number is not kept."""
    return f" to {number}" if number else ""


def _code(code: str) -> str:
    from recovery.adapters.twilio.codes import explain as meaning

    return f"code {code}: {meaning(code)}"


def _replies(known: "Dossier") -> Iterator[str]:
    for one in known.replies:
        media = f" [{one.media} attachment{'s' * (one.media > 1)}]" if one.media else ""
        kind = one.kind or "not read yet"
        said = repr(one.body) if one.body or not known.tombstone else "(not kept)"
        yield f"{_moment(one.received_at)}  {said}{media}: {kind.replace('_', ' ')}"


def _history(known: "Dossier") -> Iterator[str]:
    several = {case.id for case in known.cases if len(case.contacts) > 1}
    events = [
        (one.at, _outcome(one.kind, one.actor, dict(one.detail)) + _whose(one, several))
        for one in known.outcomes
    ]
    events += [(one.at, f"decided: {one.act}, {one.reason}") for one in known.decisions]
    # A stable sort: what happened in one moment stays in its order, then what followed from it.
    for at, text in sorted(events, key=itemgetter(0)):
        yield f"{_moment(at)}  {text}"


#: Facts of a case that are recorded for each of its contacts.
_OF_EACH = frozenset({"archived", "approved", "spared", "deleted", "gone"})


def _whose(one: "OutcomeView", several: set[int]) -> str:
    """Which of the person's contacts is meant, where there are more."""
    is_of_one = one.kind in _OF_EACH and one.case_id in several
    return f", contact {one.contact_id}" if is_of_one else ""


def _outcome(kind: str, actor: str, detail: dict[str, object]) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in detail.items() if value is not None)
    by = f" by {actor}" if actor != "engine" else ""
    return f"{kind.replace('_', ' ')}{by}{f' ({facts})' if facts else ''}"


def _moment(at: datetime | None, zone: str | None = None) -> str:
    if at is None:
        return "–"
    text = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{text} ({at.astimezone(ZoneInfo(zone)):%a %H:%M} {zone})" if zone else text


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "–"
