"""`recovery templates`: the texts, from the files to WhatsApp's approval."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recovery.cli.errors import FAILED, MISCONFIGURED
from recovery.cli.group import examples, new_app
from recovery.cli.output import JsonOption, print_json, print_table
from recovery.cli.phone_picture import on_the_phone
from recovery.cli.users import Language
from recovery.domain.template import Kind

if TYPE_CHECKING:
    from recovery.domain.template import Template
    from recovery.services.templates import TemplateState

app = new_app(
    help="Check, preview and push the message templates.",
    epilog=examples("recovery templates check", "recovery templates push"),
)


@app.command(
    short_help="Check every text; needs no account.", epilog=examples("recovery templates check")
)
def check(*, as_json: JsonOption = False) -> None:
    """Check every text against WhatsApp's rules and our manners; needs no account.

    Each problem is one line with its file, line and mend. With problems the exit code is 2.
    """
    from recovery.adapters.jinja import read_folder
    from recovery.bootstrap import Recovery

    folder = Recovery().template_folder
    templates, problems = read_folder(folder)
    found = [
        {
            "file": str(path),
            "line": problem.line,
            "code": problem.code,
            "message": problem.message,
            "mend": problem.mend,
        }
        for path, problem in problems
    ]
    if as_json:
        print_json({"templates": len(templates), "problems": found})
    else:
        for one in found:
            print(f"{one['file']}:{one['line']}: {one['message']}; {one['mend']}")
        print(f"{len(templates)} texts, {len(found) or 'no'} problem{'s' * (len(found) != 1)}")
    if found:
        raise typer.Exit(MISCONFIGURED)


@app.command(
    short_help="Submit every template to WhatsApp.", epilog=examples("recovery templates push")
)
def push(*, as_json: JsonOption = False) -> None:
    """Bring every WhatsApp template to the Twilio account and submit it for approval.

    Can be repeated: what is there is not created twice. Exit code 0 only when WhatsApp has every
    one; whether they are approved shows `recovery templates status`.
    """
    from recovery.cli.installation import migrated

    lines: list[dict[str, Any]] = []

    def report(state: "TemplateState", word: str) -> None:
        lines.append(_named(state.template) | {"state": word})
        if not as_json:
            print(f"{state.template.name} {state.template.language}: {word}")

    done = migrated().template_service.push(report)
    if as_json:
        print_json({"done": done, "templates": lines})
    elif done:
        print("\nWhatsApp has every template: see `recovery templates status` for its word")
    if not done:
        typer.echo(
            "recovery: WhatsApp does not have every template: see the lines above, then push again",
            err=True,
        )
        raise typer.Exit(FAILED)


@app.command(epilog=examples("recovery templates status --json"))
def status(*, as_json: JsonOption = False) -> None:
    """Show WhatsApp's word on every template, read now: state, category, reason, what to do."""
    from recovery.cli.installation import migrated

    rows = [_state(one) for one in migrated().template_service.status()]
    if as_json:
        print_json(rows)
    else:
        head = ("template", "language", "state", "category", "reason", "to_do")
        titles = (*head[:-1], "what to do")
        print_table(titles, ([row[name] or "" for name in head] for row in rows), keys=2)


@app.command(
    epilog=examples(
        "recovery templates preview new_email_first --language pt",
        "recovery templates preview new_email_first --contact 1234",
    )
)
def preview(
    name: Annotated[str, typer.Argument(help="The template's name, as its file is called.")],
    *,
    language: Annotated[
        Language | None, typer.Option(help="Of the text; else the contact's, else Spanish.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(help="The Keap id of whom it is for; else its samples fill it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a text as a person would see it; nothing is sent.

    Without --contact neither an account nor a database is needed.
    """
    from recovery.bootstrap import Recovery
    from recovery.cli.installation import existing
    from recovery.domain.contact import ContactId

    recovery = existing() if contact else Recovery()
    shown = recovery.previews.of(
        name,
        language=language and language.value,
        contact=ContactId(contact) if contact else None,
    )
    buttons = [button.text for button in shown.template.buttons]
    if as_json:
        kind = shown.template.kind.value
        print_json(_named(shown.template) | {"kind": kind, "text": shown.text, "buttons": buttons})
    else:
        is_message = shown.template.kind in (Kind.WHATSAPP, Kind.SESSION)
        print("\n".join(on_the_phone(shown.text, buttons)) if is_message else shown.text)


def _named(template: "Template") -> dict[str, str]:
    return {"template": template.name, "language": template.language}


def _state(state: "TemplateState") -> dict[str, Any]:
    content = state.content
    return {
        "template": state.template.name,
        "language": state.template.language,
        "state": content.status.value if content else "not pushed",
        "category": content.category if content else None,
        "reason": content.reason if content else None,
        "to_do": state.to_do or None,
        "sid": content.sid if content else None,
    }
