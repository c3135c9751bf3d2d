"""`recovery lift`: a manager lifts a person's no, on something newer from the person."""

from typing import Annotated

import typer

from recovery.cli.group import example
from recovery.cli.output import JsonOption, print_json

_CONTACT = typer.Argument(help="The id of the contact in Keap.")
_AS = typer.Option("--as", help="The e-mail of the manager or admin who decides.")
_REASON = typer.Option(help="Why; kept with who lifted it and what spoke for it.")


@example("recovery lift 1234 --as boss@example.com --reason 'she wrote again, asks for offers'")
def lift(
    contact: Annotated[str, _CONTACT],
    *,
    as_: Annotated[str, _AS],
    reason: Annotated[str, _REASON],
    as_json: JsonOption = False,
) -> None:
    """Lift a do-not-contact of one person: a stop, a refusal of calls, a line of a list.

    Only what something newer from the person speaks against is lifted: a message of theirs that
    is no "no" of any kind, or a consent with its date.
    """
    from recovery.cli.installation import existing
    from recovery.domain.contact import ContactId

    lifted = existing().lifting.lift(ContactId(contact), reason=reason, as_=as_)
    if as_json:
        print_json([{"lifted": no, "on": word} for no, word in lifted])
        return
    for no, word in lifted:
        print(f"lifted: {no.channel}, {no.reason}, of {no.at:%Y-%m-%d}; newer is {word.what}")
