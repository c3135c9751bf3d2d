"""`recovery wins`: other addresses of people that Keap delivers to, for a manager to decide."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recovery.cli.group import examples, new_app
from recovery.cli.output import JsonOption, note, print_json, print_table
from recovery.errors import RecoveryError

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery
    from recovery.services.record.wins import Decided, Proposal

app = new_app(
    help="Decide about free wins: another address of the person works already.",
    epilog=examples(
        "recovery wins list",
        "recovery wins approve 1234 1250 --as boss@example.com",
        "recovery wins approve --all --as boss@example.com",
    ),
)

_CONTACTS = typer.Argument(
    help="Keap ids of contacts, from `recovery wins list`; 1234=ADDRESS: only that one."
)
_ALL = typer.Option("--all", help="All that are listed.")
_AS = typer.Option("--as", help="The e-mail of the manager or admin who decides.")
_SHOWN = 200


@app.command(
    "list",
    short_help="List what waits for a decision.",
    epilog=examples("recovery wins list --json"),
)
def list_(*, as_json: JsonOption = False) -> None:
    """List the free wins that wait, each with the address that would become the first one.

    Nobody is written to meanwhile; after `free_win_days` the cadence starts by itself.
    """
    from recovery.cli.installation import existing

    recovery = existing()
    _read_twins(recovery)
    found = list(_every(recovery)) if as_json else recovery.wins.proposed(limit=_SHOWN)
    if as_json:
        print_json([_as_data(one) for one in found])
    elif not found:
        print("no free win waits")
    else:
        head = ("contact", "name", "status", "now", "would become", "from", "until")
        print_table(head, (_row(one) for one in found))
        if (more := recovery.wins.count() - len(found)) > 0:
            print(f"\nand {more:,} more: `recovery wins list --json` has them all")
        print("next: recovery wins approve CONTACT=ADDRESS … --as EMAIL, or reject")


@app.command(
    short_help="Say yes: Keap gets the address.",
    epilog=examples(
        "recovery wins approve 1234=ana@example.com --as boss@example.com",
        "recovery wins approve --all --as boss@example.com",
    ),
)
def approve(
    contacts: Annotated[list[str] | None, _CONTACTS] = None,
    *,
    as_: Annotated[str, _AS],
    everything: Annotated[bool, _ALL] = False,
    as_json: JsonOption = False,
) -> None:
    """Say yes: the next `recovery record` makes the address the contact's first one, once.

    The case is recovered when Keap, read back, delivers to it.
    """
    _decide(contacts, as_, everything=everything, as_json=as_json, yes=True)


@app.command(
    short_help="Say no: the case goes its normal way.",
    epilog=examples("recovery wins reject 1234 --as boss@example.com"),
)
def reject(
    contacts: Annotated[list[str] | None, _CONTACTS] = None,
    *,
    as_: Annotated[str, _AS],
    everything: Annotated[bool, _ALL] = False,
    as_json: JsonOption = False,
) -> None:
    """Say no: the case goes its normal way, and nothing is proposed for it again."""
    _decide(contacts, as_, everything=everything, as_json=as_json, yes=False)


def _decide(
    contacts: Sequence[str] | None, as_: str, *, everything: bool, as_json: bool, yes: bool
) -> None:
    from recovery.cli.installation import existing
    from recovery.domain.contact import ContactId

    if bool(contacts) == everything:
        raise typer.BadParameter("name the contacts, or give --all")
    wins = existing().wins
    named = [one.partition("=") for one in contacts or ()]
    chosen = [ContactId(contact) for contact, _, _ in named] or None
    shown = {ContactId(contact): address for contact, says, address in named if says}
    decided = (wins.approve if yes else wins.reject)(chosen, as_=as_, shown=shown)
    done = "approved" if yes else "rejected"
    if as_json:
        print_json({done: decided.contacts, "skipped": dict(+decided.skipped)})
    else:
        _print(decided, done)
        if yes and decided.contacts:
            print("next: recovery record writes them to Keap")


def _print(decided: "Decided", done: str) -> None:
    from recovery.services.record.wins import WORDS

    print(f"{done}: {len(decided.contacts):,}")
    for why, number in (+decided.skipped).items():
        print(f"left out: {number:,} ({WORDS[why]})")


def _read_twins(recovery: "Recovery") -> None:
    """A twin's address is in Keap alone; without Keap the list is shown all the same."""
    try:
        recovery.wins.read_twins(recovery.crm)
    except RecoveryError as error:
        note(f"addresses of twins could not be read: {error}")


def _every(recovery: "Recovery") -> "Iterable[Proposal]":
    after = 0
    while page := recovery.wins.proposed(after=after):
        yield from page
        after = page[-1].case_id


def _as_data(one: "Proposal") -> dict[str, Any]:
    return {
        "case": one.case_id,
        "contact": one.contact_id,
        "status": one.status,
        "now": one.old_email,
        "would_become": one.email,
        "source": one.source,
        "holder": one.holder or None,
        "since": one.since,
        "until": one.until,
    }


def _row(one: "Proposal") -> tuple[object, ...]:
    return (
        one.contact_id,
        one.name,
        one.status.label(),
        one.old_email or "no address",
        one.email or "not read yet",
        f"contact {one.holder}" if one.source == "twin" and one.holder else one.source,
        f"{one.until:%Y-%m-%d}" if one.until else "",
    )
