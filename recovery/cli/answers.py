"""`recovery phone` and `recovery understand`: why did it take a text the way it did?"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from recovery.cli.group import example, takes_any_text
from recovery.cli.output import JsonOption, print_json


class ReplyLanguage(StrEnum):
    """The languages replies are read in."""

    ES = "es"
    PT = "pt"
    EN = "en"


_COUNTRY = typer.Option(help="Where the number is from if the text does not say: MX, BR, USA …")
_HINTS = {
    "no_country": " (say where it is from, with --country)",
    "too_short": " (digits are missing)",
    "too_long": " (there are too many digits)",
    "not_valid": " (no country gives out such numbers)",
}
_LANG = typer.Option(help="The person's language; all three are understood either way.")


@takes_any_text
@example(
    "recovery phone '+52 1 55 1234 5678'",
    "recovery phone --country BR --json '(11) 98765-4321'",
)
def phone(
    text: Annotated[str, typer.Argument(help="A phone as somebody typed it.")],
    *,
    country: Annotated[str | None, _COUNTRY] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how a phone is read: the number to send to, the person's key, kind and zone.

    Without a country in the text and without --country there is no number (no_country): a guess
    would write to a stranger.
    """
    from recovery.domain.country_codes import iso2
    from recovery.domain.zone import describe_phone

    if country and iso2(country) is None:
        raise typer.BadParameter(
            f"{country!r} is no country: give two or three letters such as MX or MEX",
            param_hint="--country",
        )
    answer = describe_phone(text, country)
    if as_json:
        print_json(answer)
    elif answer.e164:
        print(f"{answer.e164}  {answer.kind}  {answer.zone or 'several zones'}  key {answer.key}")
    else:
        print(f"no number: {answer.reason}{_HINTS.get(answer.reason or '', '')}")


@takes_any_text
@example(
    "recovery understand 'mi nuevo correo es ana@example.com'",
    "recovery understand --lang pt --json 'pode me ligar amanhã às 15h?'",
)
def understand(
    text: Annotated[str, typer.Argument(help="What a person answered.")],
    *,
    lang: Annotated[ReplyLanguage | None, _LANG] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how a reply is understood: its kind, the address in it, the time they asked for.

    What is not certain is `other`, and a person of the team reads it. Times are local ones.
    """
    from recovery.domain.reply import understand as read

    answer = read(text, lang=lang.value if lang else None, now=_here())
    data = {"kind": answer.kind, "email": answer.email, "at": answer.at}
    if as_json:
        print_json(data)
    else:
        print("  ".join(str(value) for value in data.values() if value))


def _here() -> datetime:
    """The local time of this machine, which stands for the person's."""
    return datetime.now().astimezone().replace(tzinfo=None)
