"""`recovery`: the command line. Each command translates its arguments and calls one service."""

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from recovery import __version__
from recovery.cli.group import Later, LazyGroup, examples, new_app

_COMMANDS = (
    Later("demo", "recovery.cli.demo:demo", "Live six weeks of a firm in a minute, no account."),
    Later("init", "recovery.cli.init:init", "Write a first .env and policy.toml with comments."),
    Later("run", "recovery.cli.run:run", "Do the whole job once, as a Prefect flow."),
    Later("pull", "recovery.cli.stages:pull", "Read from Keap who no longer gets e-mail."),
    Later("route", "recovery.cli.stages:route", "Decide what comes next for every open case."),
    Later("reach", "recovery.cli.stages:reach", "Send what is due; put calls in the queue."),
    Later("record", "recovery.cli.record:record", "Record answers and results, also a call's."),
    Later("archive", "recovery.cli.archive:app", "Archive, approve and delete the unrecovered."),
    Later("wins", "recovery.cli.wins:app", "Decide about addresses that work already."),
    Later("import", "recovery.cli.imports:import_", "Import whom not to contact; who agreed."),
    Later("lift", "recovery.cli.lift:lift", "Lift a person's no, on something newer of theirs."),
    Later("users", "recovery.cli.users:app", "Add and list the people who work with Recovery."),
    Later("serve", "recovery.cli.servers:serve", "Run it all: Prefect, schedules, worker, web."),
    Later("web", "recovery.cli.servers:web", "Serve the web app with the webhooks."),
    Later("sandbox", "recovery.cli.sandbox:sandbox", "Serve a simulated Keap and Twilio."),
    Later("doctor", "recovery.cli.doctor:doctor", "Check the whole set-up, with each mend."),
    Later("explain", "recovery.cli.explain:explain", "Tell why a contact is where they are."),
    Later("report", "recovery.cli.report:report", "Show what was won back, and what waits."),
    Later("policy", "recovery.cli.policy:app", "Check the policy and what it means today."),
    Later("templates", "recovery.cli.templates:app", "Check, preview and push the templates."),
    Later("phone", "recovery.cli.answers:phone", "Tell how a phone is read, and why."),
    Later("understand", "recovery.cli.answers:understand", "Tell how a reply is understood."),
    Later("migrate", "recovery.cli.migrate:migrate", "Make or upgrade the database."),
)


class _Commands(LazyGroup):
    later = {one.name: one for one in _COMMANDS}  # noqa: RUF012 (never changed)


app = new_app(
    cls=_Commands,
    help="Wins back Keap contacts whose e-mail no longer arrives, by WhatsApp and by phone.",
    epilog=examples("recovery demo", "recovery doctor", "recovery run --json"),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"recovery {__version__}")
        raise typer.Exit


_VERSION = typer.Option(
    "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
)


@app.callback()
def _root(*, version: Annotated[bool, _VERSION] = False) -> None:
    """All commands."""
    if "--help" not in sys.argv:
        _name_strangers()


def _name_strangers() -> None:
    from recovery.cli.strangers import strangers

    # Of a group's parts the settings themselves speak: a wrong one there ends the command.
    if found := [one for one in strangers() if "__" not in one.name]:
        typer.echo(f"recovery: ignored: {'; '.join(map(str, found))}", err=True)


def main() -> None:
    """The entry point `recovery`."""
    # Database, archives and logs hold personal data, and the home may be anybody's folder.
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter (LANG=C) gets a sign in its place, not an error.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="recovery")
