"""`recovery users`: the people who work with Recovery."""

from enum import StrEnum
from typing import Annotated

import typer

from recovery.cli.group import examples, new_app
from recovery.cli.output import JsonOption, note, print_json, print_table
from recovery.services.users.service import Role

app = new_app(
    help="Add and list the people who work with Recovery.",
    epilog=examples("recovery users add ana@example.com --role manager", "recovery users list"),
)


class Language(StrEnum):
    """The languages of the screens."""

    EN = "en"
    ES = "es"
    PT = "pt"


def need_email(text: str, *, hint: str) -> None:
    """BadParameter for what is no address."""
    from recovery.domain.email_address import is_valid, normalise

    if not is_valid(normalise(text)):
        raise typer.BadParameter("give one such as ana@example.com", param_hint=hint)


_EMAIL = typer.Argument(help="Their e-mail address.")


@app.command(
    short_help="Add somebody; prints how they sign in.",
    epilog=examples("recovery users add ana@example.com --role manager --language es"),
)
def add(
    email: Annotated[str, _EMAIL],
    *,
    role: Annotated[Role, typer.Option(help="What they may do: only managers and admins approve.")],
    language: Annotated[Language, typer.Option(help="Of their screens.")] = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Add somebody, and print once how they sign in and the secret of their second factor."""
    from recovery.cli.installation import migrated

    need_email(email, hint="EMAIL")
    user = migrated().users.add(email, role, language=language.value)
    if as_json:
        print_json(
            {
                "email": user.email,
                "role": user.role,
                "password": user.password,
                "totp_secret": user.totp_secret,
                "otpauth_uri": user.otpauth_uri,
            }
        )
        return
    print(f"added {user.email} as {user.role.value}. Shown this once, so hand it over now:\n")
    print(f"  sign in with      {user.email}")
    print(f"  first password    {user.password}")
    print(f"  second factor     {user.totp_secret}")
    print(f"  (for a QR code)   {user.otpauth_uri}")
    print("\nThey add the second factor's secret to an authenticator app on their phone.")


@app.command("list", epilog=examples("recovery users list --json"))
def list_(*, as_json: JsonOption = False) -> None:
    """List everybody, without any secret."""
    from recovery.cli.installation import existing

    users = [
        {
            "email": user.email,
            "role": user.role,
            "active": user.active,
            "second_factor": user.totp is not None,
        }
        for user in existing().users.list()
    ]
    if as_json:
        print_json(users)
    elif users:
        print_table(("e-mail", "role", "active", "second factor"), (u.values() for u in users))  # type: ignore[misc]
    else:
        print("nobody yet: `recovery users add EMAIL --role manager`")


@app.command(
    short_help="Make another second factor for somebody.",
    epilog=examples("recovery users factor ana@example.com"),
)
def factor(email: Annotated[str, _EMAIL], *, as_json: JsonOption = False) -> None:
    """Make another second factor for somebody who lost theirs; the old one dies at once."""
    from recovery.cli.installation import existing

    uri = existing().users.renew_factor(email)
    if as_json:
        print_json({"email": email, "otpauth_uri": uri})
    else:
        print(uri)


@app.command(epilog=examples("recovery users password ana@example.com"))
def password(email: Annotated[str, _EMAIL], *, as_json: JsonOption = False) -> None:
    """Make another first password for somebody, shown once."""
    from recovery.cli.installation import existing

    secret = existing().users.renew_password(email)
    if as_json:
        print_json({"email": email, "password": secret})
    else:
        print(secret)


@app.command(
    short_help="Add somebody who chooses a password by a link.",
    epilog=examples("recovery users invite ana@example.com --role rep --language es"),
)
def invite(
    email: Annotated[str, _EMAIL],
    *,
    role: Annotated[Role, typer.Option(help="What they may do: only managers and admins approve.")],
    language: Annotated[Language, typer.Option(help="Of their screens.")] = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Add somebody, and print once the link by which they choose a password; good for a week."""
    from recovery.cli.installation import migrated

    need_email(email, hint="EMAIL")
    recovery = migrated()
    token = recovery.users.invite(email, role, language=language.value)
    _print_link(email, recovery.settings.public_url, token, as_json=as_json)


@app.command(
    short_help="Make a link by which somebody chooses another password.",
    epilog=examples("recovery users link ana@example.com"),
)
def link(email: Annotated[str, _EMAIL], *, as_json: JsonOption = False) -> None:
    """Make a link for who forgot the password, or lost the first link; good once, for a week."""
    from recovery.cli.installation import existing

    recovery = existing()
    token = recovery.users.renew_link(email)
    _print_link(email, recovery.settings.public_url, token, as_json=as_json)


def _print_link(email: str, public_url: str | None, token: str, *, as_json: bool) -> None:
    address = f"{public_url or 'http://127.0.0.1:8080'}/invitation/{token}"
    if as_json:
        print_json({"email": email, "link": address})
        return
    print(address)
    if public_url is None:
        note("RECOVERY_PUBLIC_URL is not set: put the address of your web app before /invitation")


@app.command(epilog=examples("recovery users role ana@example.com manager"))
def role(
    email: Annotated[str, _EMAIL],
    role: Annotated[Role, typer.Argument(help="What they may do from now on.")],
) -> None:
    """Give somebody another role; their sessions end."""
    from recovery.cli.installation import existing

    existing().users.set_role(email, role)
    print(f"{email} is {role.value} now")


@app.command(epilog=examples("recovery users deactivate ana@example.com"))
def deactivate(email: Annotated[str, _EMAIL]) -> None:
    """Lock somebody out; their sessions end, and approvals they gave count no more."""
    from recovery.cli.installation import existing

    existing().users.deactivate(email)
    print(f"{email} is locked out")


@app.command(epilog=examples("recovery users activate ana@example.com"))
def activate(email: Annotated[str, _EMAIL]) -> None:
    """Let somebody in again, with the password they had."""
    from recovery.cli.installation import existing

    existing().users.activate(email)
    print(f"{email} may sign in again")


app.command("lock", hidden=True)(deactivate)
