"""`recovery import`: whom not to contact, and who agreed to be, from files of others."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery.cli.errors import FAILED
from recovery.cli.group import example
from recovery.cli.output import JsonOption, note, print_json

if TYPE_CHECKING:
    from recovery.services.imports import Imported

_LISTED = ("number", "hash", "country", "channel", "source", "expires")
_AGREED = ("contact", "number", "email", "country", "channel", "date", "source", "text")
_TOLD = 20

_FILE = typer.Argument(
    metavar="FILE", help="CSV whose first line names the columns; commas or semicolons."
)
_DO_NOT_CONTACT = typer.Option(
    "--do-not-contact", help="Columns: number (or its SHA-256), country, source, expires, channel."
)
_CONSENT = typer.Option(
    "--consent", help="Columns: contact (or number, email), date, source, text, channel."
)
_COUNTRY = typer.Option(help="Where a line names no country: two letters, such as MX.")
_SOURCE = typer.Option(help="Where a line names no source; else the file's name.")
_CHANNEL = typer.Option(
    help="Where a line names none: whatsapp, call, or all (do-not-contact's own)."
)
_OWN = typer.Option(
    "--own", help="A list of your own: it does not count as the country's block list."
)


@example(
    "recovery import --do-not-contact repep.csv --country MX --source 'REPEP 2026-11'",
    "recovery import --consent stand-expo.csv --source 'form of Expo 2026'",
)
def import_(
    file: Annotated[Path, _FILE],
    *,
    do_not_contact: Annotated[bool, _DO_NOT_CONTACT] = False,
    consent: Annotated[bool, _CONSENT] = False,
    country: Annotated[str | None, _COUNTRY] = None,
    source: Annotated[str | None, _SOURCE] = None,
    channel: Annotated[str | None, _CHANNEL] = None,
    own: Annotated[bool, _OWN] = False,
    as_json: JsonOption = False,
) -> None:
    """Import whom not to contact, or who agreed to be contacted.

    Can be repeated, also with a newer file. Only keyed hashes of the numbers are kept. Lines that
    cannot be read are told and left out; then the exit code is 1.
    """
    from recovery.cli.installation import migrated
    from recovery.cli.progress import working
    from recovery.domain.country_codes import iso2
    from recovery.services.imports import Imported

    if do_not_contact == consent:
        raise typer.BadParameter("say what the file holds: --do-not-contact or --consent")
    if country and iso2(country) is None:
        raise typer.BadParameter("give two letters, such as MX", param_hint="--country")
    given = {"country": country and iso2(country), "channel": channel}
    defaults = {name: text for name, text in given.items() if text}
    defaults["source"] = source or file.name
    lines, imports, done = _lines(file, consent=consent), migrated().imports, Imported()
    with working("importing", lambda: f"{done.lines:,} lines"):
        if consent:
            imports.consent(lines, defaults=defaults, done=done)
        else:
            imports.do_not_contact(lines, defaults=defaults, is_block_list=not own, done=done)
    if as_json:
        print_json(done)
    else:
        _print(done, consent=consent, own=own)
    if done.wrong:
        note(f"recovery: {done.wrong:,} line(s) were left out: mend them and import the file again")
        raise typer.Exit(FAILED)


def _lines(file: Path, *, consent: bool) -> Iterator[tuple[int, dict[str, str]]]:
    from recovery.adapters.files.lists import lines

    who = ("contact", "number", "email") if consent else ("number", "hash")
    return lines(file, wanted=_AGREED if consent else _LISTED, needs=[who])


def _print(done: "Imported", *, consent: bool, own: bool) -> None:
    what = "agreement(s)" if consent else "number(s) not to be contacted"
    print(f"{done.lines:,} line(s): {done.new:,} new {what}, {done.known:,} known before")
    if done.expired:
        print(f"{done.expired:,} line(s) had expired")
    if done.recognised:
        print(f"{done.recognised:,} number(s) of today's base were recognised by their hash")
    if done.block_lists:
        print(f"block list on record: {', '.join(done.block_lists)}")
    elif not consent and not own:
        print("no block list counts as read: that takes a country, and every line readable")
    for one in done.problems[:_TOLD]:
        print(f"line {one.line}: {one.message}")
    if done.wrong > _TOLD:
        print(f"… and {done.wrong - _TOLD:,} more; --json tells the first thousand")
