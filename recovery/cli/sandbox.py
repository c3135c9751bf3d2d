"""`recovery sandbox`: a Keap and a Twilio on this machine."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from recovery.cli.group import example
from recovery.cli.ports import need_port
from recovery.errors import ConfigurationError

_LATENCY = typer.Option("--latency-ms", min=0, help="Milliseconds before each answer.")
_RATE = typer.Option(min=0, max=1, help="Share of requests that go wrong, 0 to 1.")
_FAULTS = typer.Option(help="Which faults, separated by commas; none means the eight of HTTP.")
_SPEED = typer.Option(help="An hour of a simulated person passes in 3600/SPEED seconds.")
_START = typer.Option(help="Virtual time from here on (2026-11-23T09:00); without it, real time.")
_CALLS = typer.Option(min=0, help="Keap's limit of calls a second; 0 is unlimited.")
_WEBHOOK = typer.Option(help="Where inbound messages go; else learnt from the first callback.")


@example(
    "recovery sandbox --port 8790 --contacts 500 --seed 1",
    "recovery sandbox --contacts 10000 --latency-ms 50 --fault-rate 0.05",
)
def sandbox(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8790,
    contacts: Annotated[int, typer.Option(min=0)] = 500,
    seed: Annotated[int, typer.Option(help="Same seed, same people.")] = 1,
    latency_ms: Annotated[float, _LATENCY] = 0,
    fault_rate: Annotated[float, _RATE] = 0,
    faults: Annotated[str, _FAULTS] = "",
    speed: Annotated[float, _SPEED] = 3600,
    start: Annotated[str | None, _START] = None,
    calls_per_second: Annotated[float, _CALLS] = 0,
    webhook_url: Annotated[str | None, _WEBHOOK] = None,
) -> None:
    """Serve a simulated Keap and Twilio on loopback, with people who answer.

    It prints the settings to point Recovery at it. GET /_sandbox says what it is,
    GET /_sandbox/ledger is its own account of every message, call and deletion.
    """
    from recovery.sandbox.app import serve

    options = _options(
        port=port,
        contacts=contacts,
        seed=seed,
        latency_ms=latency_ms,
        fault_rate=fault_rate,
        faults=frozenset(kind.strip() for kind in faults.split(",") if kind.strip()),
        speed=speed,
        start=_moment(start),
        calls_per_second=calls_per_second,
        webhook_url=webhook_url,
    )
    need_port(options.host, options.port)
    try:
        serve(options)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def _options(**given: Any) -> Any:
    from recovery.sandbox.options import Options

    known = {field.name for field in fields(Options)}
    try:
        return Options(**{name: value for name, value in given.items() if name in known})
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write it as 2026-11-23T09:00", param_hint="--start") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
