"""`recovery demo`: six weeks of a simulated firm in about a minute, on this machine alone."""

from pathlib import Path
from typing import Annotated

import typer

from recovery.cli.group import example

_CONTACTS = typer.Option(min=1, max=5000, help="How many contacts the firm has in Keap.")
_SEED = typer.Option(help="Same seed, same people, same end.")
_EXIT = typer.Option("--exit", help="End when the story is told, without staying up.")
_PORT = typer.Option(min=0, max=65535, help="Where the web app listens; 0 is any free port.")
_WEEKS = typer.Option(min=1, max=12, help="How many weeks of the calendar are lived.")
_HOME = typer.Option(help="Where it keeps its database and archives; emptied at each start.")
_PREFECT = typer.Option(help="With the Prefect server and its UI; without it the demo is quicker.")
_SVG = typer.Option(hidden=True, help="Also save the story as a picture.")


@example("recovery demo", "recovery demo --contacts 300 --seed 7 --exit")
def demo(
    *,
    contacts: Annotated[int, _CONTACTS] = 600,
    seed: Annotated[int, _SEED] = 1,
    exit_: Annotated[bool, _EXIT] = False,
    port: Annotated[int, _PORT] = 0,
    weeks: Annotated[int, _WEEKS] = 6,
    home: Annotated[Path, _HOME] = Path("var/demo"),
    prefect: Annotated[bool, _PREFECT] = True,
    svg: Annotated[Path | None, _SVG] = None,
) -> None:
    """Live six weeks of a firm in about a minute, with simulated people and no account anywhere.

    Time is moved, no rule is skipped: contacts are pulled from a simulated Keap, written to by
    WhatsApp, called by a scripted rep, recovered, or archived, approved and deleted. At the end
    our numbers are compared with the sandbox's own; a difference is exit code 1.
    """
    from recovery.cli.demo.show import Wishes, show

    wishes = Wishes(contacts, seed, port, weeks, home, with_prefect=prefect, picture=svg)
    if not show(wishes, stay=not exit_):
        raise typer.Exit(1)
