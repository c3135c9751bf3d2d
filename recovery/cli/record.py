"""`recovery record`: what became of it all; or a call's result, where no screen is at hand."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from recovery.cli.group import example
from recovery.cli.output import JsonOption, print_json
from recovery.cli.stages import show, work
from recovery.cli.users import need_email

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery
    from recovery.domain.disposition import Choice

_CONTACT = typer.Option(help="The Keap id of the person who was called.")
_RESULT = typer.Option(
    help="What happened: no_answer, spoke, refused … or a code of your own list."
)
_EMAIL = typer.Option(help="The new address they gave (with --result new_email).")
_AT = typer.Option(help="When they want to be called, in their local time: '2026-12-01 10:00'.")
_NOTE = typer.Option(help="A note for Keap; with a consent, what they said.")
_CLOSE = typer.Option(help="Close the contact's case for good, with this reason.")
_IN_TOUCH = typer.Option(
    "--in-touch", help="With --close: the relationship goes on by phone or WhatsApp."
)
_RESUME = typer.Option("--resume", help="Give an engaged case back to its next call.")
_AS = typer.Option("--as", help="Who called.")


@example(
    "recovery record",
    "recovery record --contact 1234 --result no_answer --as rep@example.com",
    "recovery record --contact 1234 --result callback --at '2026-12-01 10:00'",
    "recovery record --contact 1234 --close 'asked by their account manager'",
    "recovery record --contact 1234 --close 'writes to us on WhatsApp' --in-touch",
)
def record(
    *,
    contact: Annotated[str | None, _CONTACT] = None,
    result: Annotated[str | None, _RESULT] = None,
    email: Annotated[str | None, _EMAIL] = None,
    at: Annotated[str | None, _AT] = None,
    note: Annotated[str, _NOTE] = "",
    rep: Annotated[str, _AS] = "console",
    close: Annotated[str | None, _CLOSE] = None,
    in_touch: Annotated[bool, _IN_TOUCH] = False,
    resume: Annotated[bool, _RESUME] = False,
    as_json: JsonOption = False,
) -> None:
    """Record what became of messages, answers and doubts, and write it back to Keap.

    With --contact and --result it records a call's result instead; with --close or --resume it
    ends a case that a person of the team works, or gives it back.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.installation import migrated
    from recovery.cli.reachable import with_keap

    if in_touch and close is None:
        raise typer.BadParameter("it belongs to --close: say why", param_hint="--in-touch")
    if close is not None or resume:
        _check_decision(contact, result, close, resume=resume)
        _decide(migrated(), contact or "", close, rep=rep, in_touch=in_touch, as_json=as_json)
        return
    _check(contact, result, email, at)
    if contact is None or result is None:
        with with_keap() as recovery:
            look = lambda: progress.record(recovery.database)  # noqa: E731
            report = work("recording", look, recovery.stages.record)
        show(report, recovery, as_json=as_json)
        return
    recovery = migrated()
    called = _dispose(recovery, contact, result, email=email, at=at, note=note, rep=rep)
    if as_json:
        print_json({"contact": contact, "result": result, "at": called})
    else:
        print(f"recorded: {result.replace('_', ' ')} for contact {contact}")


def _check_decision(
    contact: str | None, result: str | None, close: str | None, *, resume: bool
) -> None:
    if contact is None:
        raise typer.BadParameter("--close and --resume need --contact")
    if result is not None or (close is not None and resume):
        raise typer.BadParameter("give one of --result, --close and --resume")
    if close is not None and not close.strip():
        raise typer.BadParameter("say why", param_hint="--close")


def _decide(
    recovery: "Recovery",
    contact: str,
    close: str | None,
    *,
    rep: str,
    in_touch: bool,
    as_json: bool,
) -> None:
    if close is not None:
        reason = close.strip()
        recovery.by_person.close_case(contact, reason=reason, actor=rep, in_touch=in_touch)
    else:
        recovery.by_person.resume_case(contact, actor=rep)
    done = "resumed" if close is None else "closed"
    if as_json:
        print_json({"contact": contact, "case": done})
    else:
        print(f"{done}: the case of contact {contact}")


def _check(contact: str | None, result: str | None, email: str | None, at: str | None) -> None:
    if (contact is None) != (result is None):
        raise typer.BadParameter("--contact and --result belong together: give both, or neither")
    if contact is None and (email or at):
        raise typer.BadParameter("--email and --at belong to a call's result: give --contact too")
    if email is not None:
        need_email(email, hint="--email")


def _dispose(
    recovery: "Recovery",
    contact: str,
    code: str,
    *,
    email: str | None,
    at: str | None,
    note: str,
    rep: str,
) -> datetime | None:
    from recovery.services.record.by_person import CallResult
    from recovery.services.reps.dispositions import Word, check_asked

    choice = _choice(recovery, code)
    _check_given(choice, email=email, at=at, note=note)
    moment = _moment(at, _zone(recovery, contact)) if at else None
    typed = Word(code, email=email, at=moment, words=note, note=note)
    word = check_asked(choice, typed, recovery.clock())
    recovery.by_person.dispose(
        CallResult(contact, choice.means, rep, email=word.email, at=word.at, note=note, code=code)
    )
    return moment


def _choice(recovery: "Recovery", code: str) -> "Choice":
    """What the firm's own list knows by this code, as the buttons on a rep's card do."""
    choices = recovery.reps.dispositions.choices
    if choice := choices.get(code):
        return choice
    known = ", ".join(one.code for one in choices)
    raise typer.BadParameter(f"there is no {code}: choose from {known}", param_hint="--result")


def _check_given(choice: "Choice", *, email: str | None, at: str | None, note: str) -> None:
    """Wrong usage without what a rep's card asks for with the same result."""
    from recovery.domain.disposition import Asks

    match choice.asks:
        case Asks.EMAIL if not email:
            missing = "give the new address with --email"
        case Asks.TIME if not at:
            missing = "give the time they asked for with --at"
        case Asks.WORDS if not note.strip():
            missing = "give what they said with --note: it is the proof of their consent"
        case _:
            return
    raise typer.BadParameter(missing, param_hint="--result")


def _moment(text: str, zone: str | None) -> datetime:
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter("write it as '2026-12-01 10:00'", param_hint="--at") from None
    if local.tzinfo is None:
        local = local.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    return local.astimezone(UTC)


def _zone(recovery: "Recovery", contact: str) -> str | None:
    """Where the person is, by the first of their numbers; None where nothing tells."""
    from recovery.adapters.db.queries.person import zone_of

    return zone_of(recovery.database, contact) or recovery.policy.default_zone or None
