"""`recovery archive`: the copy, the consent, and only then the deletion."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recovery.cli.group import examples, new_app
from recovery.cli.output import JsonOption, print_json, print_table
from recovery.cli.stages import end_of_run
from recovery.errors import RecoveryError

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery
    from recovery.services.archive.batches import BatchSummary
    from recovery.services.archive.deletion import DeletionResult

app = new_app(
    help="Archive those who were not won back; approve and delete them.",
    epilog=examples(
        "recovery archive build",
        "recovery archive approve 20261201-3f9a1c --as manager@example.com --code 123456",
        "recovery archive delete 20261201-3f9a1c",
    ),
)

_BATCH = typer.Argument(help="The batch's id, from `recovery archive list`.")
_AS = typer.Option("--as", help="The e-mail of the user who does it.")
_CODE = typer.Option(help="The six digits of your authenticator app.")
_ALL = typer.Option("--all", help="Go on after the first small batch.")


@app.command(
    "list",
    short_help="List the batches, newest first.",
    epilog=examples("recovery archive list --json"),
)
def list_(*, as_json: JsonOption = False) -> None:
    """List the batches, newest first, with what became of their contacts."""
    from recovery.cli.installation import existing

    recovery = existing()
    batches = recovery.archive.batches()
    if as_json:
        print_json([_as_data(batch) for batch in batches])
        return
    if batches:
        _print_batches(batches)
    else:
        print("no batches yet: `recovery archive build` makes one when a hold is over")
    _print_who_stays(recovery)


@app.command(
    short_help="Copy all whose hold is over, and compare.",
    epilog=examples("recovery archive build --as admin@example.com"),
)
def build(*, as_: Annotated[str | None, _AS] = None, as_json: JsonOption = False) -> None:
    """Read all whose hold is over in full, write the archive, read it back and compare.

    Nobody is deleted. A build that was cut off goes on where it was. Who built a batch cannot
    approve it, unless the policy says approval.second_person = false.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.progress import working
    from recovery.cli.reachable import with_keap

    with with_keap() as recovery:
        by = recovery.users.get(as_).email if as_ else None
        with working("archiving", lambda: progress.archive(recovery.database)):
            batch = recovery.archive.build(as_=by)
    if as_json:
        print_json(_as_data(batch) if batch else None)
    elif batch is None:
        print("nothing to archive: nobody whose hold is over may go")
        _print_who_stays(recovery)
    else:
        _print_batches([batch])
        folder = recovery.settings.archives
        print(f"\nthe archive: {folder / batch.batch.file}")
        if batch.batch.workbook:
            print(f"the workbook: {folder / batch.batch.workbook}")
        _print_who_stays(recovery)
        print(f"next: recovery archive approve {batch.batch.id} --as EMAIL --code 123456")


@app.command(epilog=examples("recovery archive verify 20261201-3f9a1c"))
def verify(batch: Annotated[str, _BATCH], *, as_json: JsonOption = False) -> None:
    """Compare a batch's file with the database, row by row."""
    from recovery.cli.installation import existing

    found = existing().archive.verify(batch)
    if as_json:
        print_json(_as_data(found))
    else:
        print(f"batch {batch} is whole: {found.batch.contacts:,} contacts, every row compared")


@app.command(
    short_help="Print an approval code for the form in Prefect.",
    epilog=examples("recovery archive code 20261201-3f9a1c --as boss@example.com"),
)
def code(
    batch: Annotated[str, _BATCH],
    *,
    as_: Annotated[str, _AS],
    factor: Annotated[str | None, typer.Option("--code", help=_CODE.help)] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a one-time approval code for this batch, for the form in Prefect's UI.

    It is good for ten minutes and for exactly this set.
    """
    from recovery.cli.installation import existing

    answer = existing().approvals.code(batch, as_=as_, factor=factor)
    if as_json:
        print_json({"batch": batch, "code": answer, "minutes": 10})
    else:
        print(answer)


@app.command(
    short_help="Consent to delete exactly this batch.",
    epilog=examples("recovery archive approve 20261201-3f9a1c --as boss@example.com --code 123456"),
)
def approve(
    batch: Annotated[str, _BATCH],
    *,
    as_: Annotated[str, _AS],
    code: Annotated[str | None, _CODE] = None,
    as_json: JsonOption = False,
) -> None:
    """Consent to delete exactly the contacts of this batch; deletes nobody by itself."""
    from recovery.cli.installation import existing

    approval = existing().approvals.approve(batch, as_=as_, code=code)
    if as_json:
        print_json(
            {"batch": batch, "approver": approval.approver, "expires_at": approval.expires_at}
        )
    else:
        print(f"approved until {approval.expires_at:%Y-%m-%d %H:%M} UTC")
        print(f"next: recovery archive delete {batch}")


@app.command(
    short_help="Delete an approved batch from Keap.",
    epilog=examples(
        "recovery archive delete 20261201-3f9a1c", "recovery archive delete 20261201-3f9a1c --all"
    ),
)
def delete(
    batch: Annotated[str, _BATCH],
    *,
    everything: Annotated[bool, _ALL] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete an approved batch from Keap: a first small batch, then the rest with --all.

    Every contact is read again at the last moment: who changed, answered or came back is spared.
    Against the real Keap nobody is deleted until RECOVERY_LIVE_DELETING=true.
    """
    from recovery.cli.progress import working
    from recovery.cli.reachable import with_keap

    with with_keap() as recovery, working("deleting"):
        try:
            result = recovery.deletion.delete(batch, everything=everything)
        except RecoveryError:
            # What it did before the error is looked at as after any run.
            recovery.promises.end_of_run()
            raise
    if as_json:
        print_json({"batch": batch, **_result(result)})
    else:
        _print_deleted(batch, result)
    end_of_run(recovery)


def _print_deleted(batch: str, result: "DeletionResult") -> None:
    rows = [
        (result.deleted, "deleted"),
        *((number, f"spared: {_words(why)}") for why, number in result.spared.items()),
        (result.gone, "were gone from Keap already"),
        (result.in_doubt, "in doubt: looked at again by the next delete"),
        (result.left, "left"),
    ]
    print_table(("", "contacts"), (row for row in rows if row[0]))
    if result.paused:
        print(f"\npaused after the first ones: look at them in Keap, then add --all ({batch})")


def _result(result: "DeletionResult") -> dict[str, Any]:
    return {
        "deleted": result.deleted,
        "spared": dict(result.spared),
        "gone": result.gone,
        "in_doubt": result.in_doubt,
        "left": result.left,
        "paused": result.paused,
    }


def _as_data(summary: "BatchSummary") -> dict[str, Any]:
    batch = summary.batch
    return {
        "id": batch.id,
        "batch": batch.id,
        "state": batch.state,
        "contacts": batch.contacts,
        "by_status": dict(summary.by_status),
        "never_reached": summary.never_reached,
        "waiting": summary.waiting,
        "deleted": summary.deleted,
        "gone": summary.gone,
        "in_doubt": summary.in_doubt,
        "spared": dict(summary.spared),
        "left_out": dict(summary.left_out),
        "paused": batch.paused,
        "built_by": batch.built_by,
        "built_at": batch.built_at,
        "verified_at": batch.verified_at,
        "approver": summary.approver,
        "approved_by": summary.approved_by,
        "approved_until": summary.approved_until,
        "file": batch.file,
        "workbook": batch.workbook or None,
    }


def _print_batches(batches: "Iterable[BatchSummary]") -> None:
    head = ("batch", "state", "built", "contacts", "deleted", "spared", "left", "approved until")
    print_table(head, (_row(batch) for batch in batches))


def _print_who_stays(recovery: "Recovery") -> None:
    """Apart from the batches: nobody approves or deletes these."""
    from recovery.adapters.db.queries.kept import who_stays

    if stays := who_stays(recovery.database):
        print("\nstay in the hold, looked at again when another one is over")
        print_table(
            ("contacts", "because"), ((number, _words(why)) for why, number in stays.items())
        )


def _row(summary: "BatchSummary") -> tuple[object, ...]:
    until = summary.approved_until
    return (
        summary.batch.id,
        "paused" if summary.batch.paused and summary.waiting else summary.batch.state.value,
        f"{summary.batch.built_at:%Y-%m-%d %H:%M}",
        summary.batch.contacts,
        summary.deleted,
        sum(summary.spared.values()),
        summary.waiting,
        f"{until:%Y-%m-%d %H:%M} by {summary.approver}" if until else _once_approved(summary),
    )


def _once_approved(summary: "BatchSummary") -> str:
    return f"no more, was by {summary.approver}" if summary.approver else "not approved"


def _words(reason: str) -> str:
    return reason.replace("_", " ")
