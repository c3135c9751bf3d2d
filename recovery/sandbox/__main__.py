"""`python -m recovery.sandbox`: the sandbox alone, without the rest of Recovery."""

import argparse
import os
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from recovery.sandbox.app import serve
from recovery.sandbox.options import Options

ENVIRONMENT = "RECOVERY_SANDBOX_"


def options_from(arguments: list[str] | None = None) -> Options:
    """Flags first, then the environment (RECOVERY_SANDBOX_PORT …), then the defaults."""
    parser = argparse.ArgumentParser(prog="python -m recovery.sandbox", description=__doc__)
    for field in fields(Options):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            default=os.environ.get(ENVIRONMENT + field.name.upper()),
        )
    given = {name: text for name, text in vars(parser.parse_args(arguments)).items() if text}
    try:
        return Options(**{name: _typed(name, text) for name, text in given.items()})
    except ValueError as error:
        parser.error(str(error))


def _typed(name: str, text: str) -> Any:
    match name:
        case "port" | "contacts" | "seed" | "page_size" | "keap_access_token_s":
            return int(text)
        case "latency_ms" | "fault_rate" | "speed" | "hang_s" | "calls_per_second":
            return float(text)
        case "faults":
            return frozenset(text.split(","))
        case "start":
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=moment.tzinfo or UTC)
        case _:
            return text


if __name__ == "__main__":
    serve(options_from())
