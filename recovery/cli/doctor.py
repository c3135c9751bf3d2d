"""`recovery doctor`: the whole set-up looked at, one line a check, each with its mend."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from recovery.cli.checks import Finding, Level, broken, wrong
from recovery.cli.errors import FAILED, MISCONFIGURED
from recovery.cli.group import example
from recovery.cli.output import JsonOption, print_json

if TYPE_CHECKING:
    from recovery.bootstrap import Recovery

_INVARIANTS = typer.Option("--invariants", help="Check what must always hold, and nothing else.")


@example("recovery doctor", "recovery doctor --invariants", "recovery doctor --json")
def doctor(
    *, invariants: Annotated[bool, _INVARIANTS] = False, as_json: JsonOption = False
) -> None:
    """Check settings, accounts, templates, policy, database and clock; changes nothing.

    Exit code 0 when all is fine (hints allowed), 1 when something fails at run time, 2 when a
    setting is missing or wrong.
    """
    from recovery.cli.installation import Recovery

    if invariants:
        _invariants(as_json=as_json)
        return
    findings = []
    for finding in _findings(Recovery()):
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json({"findings": findings, "exit_code": _exit_code(findings)})
    raise typer.Exit(_exit_code(findings))


def _findings(recovery: "Recovery") -> Iterator[Finding]:
    """A check that breaks itself is a line like the others."""
    from recovery.errors import ConfigurationError

    for check in _checks():
        try:
            yield from check(recovery)
        except ConfigurationError as error:
            yield wrong(check.__name__, str(error), "mend that, then run `recovery doctor` again")
        except Exception as error:  # noqa: BLE001 (the checks after it still tell something)
            found = f"the check itself ended with {type(error).__name__}"
            yield broken(check.__name__, found, "mend the lines above, then run it again")


def _checks() -> "tuple[Callable[[Recovery], Iterator[Finding]], ...]":
    from recovery.cli.checks import attention, base, brakes, home, keap, twilio

    return (
        home.settings,
        home.policy,
        home.texts,
        home.disk,
        home.database,
        home.keys,
        home.spool,
        keap.keap,
        twilio.twilio,
        twilio.webhooks,
        twilio.switches,
        brakes.brakes,
        brakes.capacity,
        attention.attention,
        base.base,
        home.prefect,
    )


def _print(finding: Finding) -> None:
    print(f"{finding.level.mark} {finding.what}: {finding.found}", flush=True)
    if finding.mend:
        print(f"    → {finding.mend}", flush=True)


def _exit_code(findings: list[Finding]) -> int:
    levels = {finding.level for finding in findings}
    if Level.WRONG in levels:
        return MISCONFIGURED
    return FAILED if Level.BROKEN in levels else 0


def _invariants(*, as_json: bool) -> None:
    from recovery.cli.installation import existing

    findings = existing().promises.examine()
    if as_json:
        print_json(findings)
    else:
        for one in findings:
            sign = "✓" if one.holds else "✗"
            found = "" if one.holds else f": broken by {one.count}, such as {one.examples[0]}"
            print(f"{sign} {one.number:<3} {one.statement}{found}")
        print("· I10 personal data is nowhere else: no query can ask this; the project's tests do")
    if not all(one.holds for one in findings):
        shut = "recovery: a promise is broken: nothing is sent, nobody is deleted until all holds"
        typer.echo(shut, err=True)
        raise typer.Exit(FAILED)
