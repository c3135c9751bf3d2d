"""The command line in the test's own process, in an empty folder with its own environment."""

import gc
import json
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from recovery.cli import app
from tests.sandbox_server import Running


@dataclass(frozen=True)
class CommandLine:
    """`recovery …` as typed, with the settings of this test."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *arguments: str, code: int | None = 0) -> Result:
        """Runs a command; its exit code must be this one (None: any)."""
        with warnings.catch_warnings():
            # A real command ends with its process; here its idle connections are collected.
            warnings.simplefilter("ignore", ResourceWarning)
            # Only what the command made is looked through: all that tests loaded is a lot.
            gc.freeze()
            result = CliRunner().invoke(app, list(arguments), prog_name="recovery")
            gc.collect()
        assert "Traceback" not in result.output
        assert code in (None, result.exit_code), result.output
        return result

    def json(self, *arguments: str, code: int | None = 0) -> Any:
        """What a command prints for machines: stdout holds nothing else."""
        return json.loads(self(*arguments, "--json", code=code).stdout)

    def set(self, **values: str) -> None:
        """Sets RECOVERY_… variables."""
        for name, value in values.items():
            self.monkeypatch.setenv(f"RECOVERY_{name}", value)

    def policy(self, text: str) -> None:
        """Makes this the firm's own policy."""
        path = self.folder / "policy.toml"
        path.write_text(text, encoding="utf-8")
        self.set(POLICY=str(path))

    def connect(self, sandbox: Running) -> None:
        """Points all settings at a sandbox."""
        options = sandbox.options
        self.set(
            PACE="full",
            KEAP__BASE_URL=f"{sandbox.url}/crm",
            KEAP__TOKEN=options.keap_token,
            KEAP__CALLS_PER_SECOND="1000",
            TWILIO__BASE_URL=sandbox.url,
            TWILIO__ACCOUNT_SID=options.twilio_account_sid,
            TWILIO__AUTH_TOKEN=options.twilio_auth_token,
            TWILIO__WHATSAPP_FROM=options.whatsapp_from,
        )


def command_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Nothing of this machine's settings reaches it."""
    for name in os.environ:
        if name.startswith(("RECOVERY_", "PREFECT_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RECOVERY_HOME", str(folder / "home"))
    return CommandLine(folder, monkeypatch)
