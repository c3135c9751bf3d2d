"""`recovery init`: a first `.env` and a first policy, both with comments."""

from pathlib import Path
from typing import Annotated

import typer

from recovery.cli.group import example
from recovery.errors import ConfigurationError

_ENV = """\
# Settings of Recovery; every variable is described in the README. Nobody is written to and
# nobody is deleted until the two switches at the end say so.
RECOVERY_HOME=var
RECOVERY_ACCOUNT={account}
RECOVERY_POLICY=policy.toml

# Keap: a service account key or a personal access token.
RECOVERY_KEAP__TOKEN=

# Twilio: from the console; the sender is one number, or by country (BR=+55…,MX=+52…,*=+1…).
RECOVERY_TWILIO__ACCOUNT_SID=
RECOVERY_TWILIO__AUTH_TOKEN=
RECOVERY_TWILIO__WHATSAPP_FROM=

# The https address under which Twilio reaches `recovery web`.
RECOVERY_PUBLIC_URL=

RECOVERY_LIVE_SENDING=false
RECOVERY_LIVE_DELETING=false
"""
_POLICY = """\
# What differs from the shipped policy; `recovery policy check` shows the whole of it.
# profile = "careful"       # or "guide"
# firm = "{account}"        # as the messages say it
# default_region = "MX"     # country of numbers that name none; empty: such a number is not used
# default_zone = "America/Mexico_City"
# confirm_url = "https://"  # your own Keap form with double opt-in
# hold_days = 14
# hard_bounce = {{ whatsapp = "consent", calls = 3, delete = true }}

# [consent]
# tags = ["WhatsApp opt-in"]   # who has one of these Keap tags agreed to WhatsApp
"""
_FOLDER = typer.Argument(help="Where to write them.")
_ACCOUNT = typer.Option(help="The account's name, shown in headers and messages.")


@example("recovery init", "recovery init --account 'Casa Verde'")
def init(
    folder: Annotated[Path, _FOLDER] = Path(),
    *,
    account: Annotated[str, _ACCOUNT] = "Recovery",
) -> None:
    """Write a first .env and policy.toml with comments; what is there already stays as it is."""
    for name, text in ((".env", _ENV), ("policy.toml", _POLICY)):
        path = folder / name
        if path.exists():
            print(f"{path} is there already: left as it is")
        else:
            _write(path, text.format(account=account.replace('"', "'").replace("\n", " ")))
            print(f"wrote {path}")
    print("next: fill in the tokens, then run `recovery doctor`")


def _write(path: Path, text: str) -> None:
    """Secrets go into it: nobody else may read it, from its first moment on."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot write {path} ({error.strerror})") from None
