"""Environments of the processes we start: quiet, without telemetry, with quick bookkeeping."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from recovery.settings import Settings

#: Read at every event, so setting it after Prefect was imported still counts.
QUIET = {"DO_NOT_TRACK": "1"}

#: Prefect's own defaults record about 25 task runs a second; these lift it to hundreds.
_QUICK_BOOKS = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
}
#: Runs every five minutes would fill the disk in a year; our own database keeps what matters.
_THIRTY_DAYS = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "2592000",
}


def of_server(home: Path) -> dict[str, str]:
    """For a Prefect server that keeps everything under `home`."""
    return {
        **_inherited(),
        **QUIET,
        **_QUICK_BOOKS,
        **_THIRTY_DAYS,
        "PREFECT_HOME": str(home.absolute()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
    }


def of_client(home: Path | None, api: str) -> dict[str, str]:
    """For workers and tools that talk to the server at `api`; a foreign one's profile stays."""
    return {
        **os.environ,
        **QUIET,
        **({"PREFECT_HOME": str(home.absolute())} if home else {}),
        "PREFECT_API_URL": api,
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_CLI_WRAP_LINES": "false",
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "recovery",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        # Together with the automation: a run whose process died is known within two minutes.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_WORKER_QUERY_SECONDS": "5",
    }


def of_settings(settings: Settings) -> dict[str, str]:
    """The settings as variables for a process that starts in another folder."""
    given = dict(_variables("RECOVERY", settings))
    given["RECOVERY_HOME"] = str(settings.home.absolute())
    return given


def _variables(prefix: str, model: BaseModel) -> Iterator[tuple[str, str]]:
    for name in sorted(model.model_fields_set):
        value = getattr(model, name)
        key = f"{prefix}_{name.upper()}"
        if isinstance(value, BaseModel):
            yield from _variables(f"{key}_", value)
        elif value is not None:
            yield key, _text(value)


def _text(value: Any) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case Path():
            return str(value.absolute())
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _inherited() -> Mapping[str, str]:
    """A server must not take itself for a client of another one."""
    foreign = ("PREFECT_API_URL", "PREFECT_PROFILE")
    return {name: value for name, value in os.environ.items() if name not in foreign}
