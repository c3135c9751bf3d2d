"""The firm of a demo: its home, its policy, and settings that point at the sandbox."""

import shutil
from pathlib import Path

from pydantic import SecretStr

from recovery.adapters.db import schema
from recovery.bootstrap import Recovery
from recovery.errors import ConfigurationError
from recovery.sandbox.options import Options
from recovery.services.ports import Clock
from recovery.settings import KeapSettings, Settings, TwilioSettings

_SANDBOX = Options()
NAME = "Academia Horizonte"
#: Says that a folder was made by a demo, so that the next one may make it anew.
_MARK = "made-by-recovery-demo"
#: Real accounts count seconds; the sandbox does not, and its time is not that of the pacer.
_UNPACED = 100_000.0
POLICY = """\
# The policy of this demo: all as shipped (recovery/data/policy.toml), but for what stands here.

[delete]
# A small base: the first batches hold more than the careful two percent of it.
max_share = 0.25
"""


def fresh_home(home: Path) -> Path:
    """An empty home; only one that a demo made is emptied, ConfigurationError for any other."""
    if home.exists() and any(home.iterdir()):
        if not (home / _MARK).exists():
            raise ConfigurationError(f"{home} is not empty and no demo's: choose another --home")
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / _MARK).write_text("`recovery demo` empties this folder each time it runs.\n")
    (home / "policy.toml").write_text(POLICY, encoding="utf-8")
    return home.absolute()


def found(home: Path, *, sandbox: str, web: str, clock: Clock) -> Recovery:
    """The firm's installation, its database made; nothing of the environment reaches it."""
    settings = Settings.model_construct(
        home=home,
        account=NAME,
        pace="full",
        public_url=web,
        policy=home / "policy.toml",
        keap=KeapSettings(
            base_url=f"{sandbox}/crm",
            token=SecretStr(_SANDBOX.keap_token),
            calls_per_second=_UNPACED,
        ),
        twilio=TwilioSettings(
            base_url=sandbox,
            account_sid=_SANDBOX.twilio_account_sid,
            auth_token=SecretStr(_SANDBOX.twilio_auth_token),
            whatsapp_from=_SANDBOX.whatsapp_from,
            voice_from=_SANDBOX.voice_from,
        ),
    )
    recovery = Recovery(settings, clock=clock)
    schema.migrate(recovery.database)
    return recovery


def as_environment(recovery: Recovery, *, sandbox: str) -> str:
    """Settings to be pasted, with which other commands look into the demo."""
    settings = recovery.settings
    lines = {
        "RECOVERY_HOME": settings.home,
        "RECOVERY_ACCOUNT": f"'{settings.account}'",
        "RECOVERY_POLICY": settings.policy,
        "RECOVERY_KEAP__BASE_URL": f"{sandbox}/crm",
        "RECOVERY_KEAP__TOKEN": _SANDBOX.keap_token,
        "RECOVERY_TWILIO__BASE_URL": sandbox,
        "RECOVERY_TWILIO__ACCOUNT_SID": _SANDBOX.twilio_account_sid,
        "RECOVERY_TWILIO__AUTH_TOKEN": _SANDBOX.twilio_auth_token,
        "RECOVERY_TWILIO__WHATSAPP_FROM": settings.twilio.whatsapp_from,
    }
    return "".join(f"export {name}={value}\n" for name, value in lines.items())
