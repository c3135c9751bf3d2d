"""`recovery policy go`: a person's word that what was stopped to be looked at may go on."""

from typing import TYPE_CHECKING, Annotated

import typer

from recovery.cli.output import JsonOption, print_json
from recovery.errors import Refusal

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery

_BRAKES = typer.Argument(help="Names from `recovery doctor`, such as wave; none: all of them.")
_AS = typer.Option("--as", help="The e-mail of the manager or admin who says so.")


def go(
    brakes: Annotated[list[str] | None, _BRAKES] = None,
    *,
    as_: Annotated[str | None, _AS] = None,
    as_json: JsonOption = False,
) -> None:
    """Let go on what a brake stopped: sending, a template, a canary, opening cases on a wave.

    Mend first what `recovery doctor` says of it. What is still broken stops again by itself. The
    audit keeps who said so.
    """
    from recovery.cli.installation import existing

    recovery = existing()
    by = _manager(recovery, as_) if as_ else "console"
    names = brakes or []
    unknown = set(names) - {hold.name for hold in recovery.brakes.holds()}
    if unknown:
        raise Refusal(f"no such brake is on: {', '.join(sorted(unknown))}; see `recovery doctor`")
    released = recovery.brakes.go(by=by, names=names)
    if as_json:
        print_json({"released": released})
    elif released:
        print(f"released: {', '.join(released)}; the next run goes on")
    else:
        print("no brake is on: nothing waited for a word")


def _manager(recovery: "Recovery", email: str) -> str:
    user = recovery.users.get(email)
    if not user.active or not user.role.may_approve:
        raise Refusal(f"{user.email} may not say so: an active manager or admin may")
    return user.email
