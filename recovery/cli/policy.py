"""`recovery policy`: what may be done per status, and what it means for today's base."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recovery.cli.go import go
from recovery.cli.group import examples, new_app
from recovery.cli.output import JsonOption, print_json, print_table

if TYPE_CHECKING:
    from recovery.adapters.db.queries.outlook import StatusOutlook
    from recovery.cli.installation import Recovery
    from recovery.domain.policy import Policy

app = new_app(
    help="Check the policy and what it means for today's base.",
    epilog=examples("recovery policy check", "recovery policy diff", "recovery policy go"),
)
app.command(
    short_help="Let go on what was stopped to be looked at.",
    epilog=examples("recovery policy go", "recovery policy go wave --as boss@example.com"),
)(go)

_PER_DAY = typer.Option(min=1, help="Calls a rep makes a day, to count the days of work.")


@app.command(
    short_help="Print the policy and the work it means today.",
    epilog=examples("recovery policy check", "recovery policy check --json"),
)
def check(*, calls_per_rep_day: Annotated[int, _PER_DAY] = 60, as_json: JsonOption = False) -> None:
    """Print the policy per status, and the messages, calls and days of work it means today.

    Nothing is sent or changed. Without a database yet it prints the policy alone. A key that is
    wrong is named with its mend, and the exit code is 2.
    """
    from recovery.cli.installation import Recovery

    recovery = Recovery()
    rules = _rules(recovery.policy)
    base = _base(recovery)
    if as_json:
        _print_json(recovery, rules, base, calls_per_rep_day)
        return
    print(f"policy {recovery.policy.version}, profile {recovery.policy.profile}\n")
    print_table(
        ("#", "status", "open", "after", "whatsapp", "messages", "calls on days", "hold", "delete"),
        (_rule_row(rule) for rule in rules),
        keys=2,
    )
    if base is None:
        print("\nno database yet: run `recovery pull` to see what it means for your base")
    else:
        _print_base(base, calls_per_rep_day)
    for line in _warnings(recovery):
        print(f"\n! {line}")


@app.command(epilog=examples("recovery policy diff"))
def diff(*, as_json: JsonOption = False) -> None:
    """Show where your policy file differs from the shipped one."""
    from recovery.adapters.files.policy_file import load_policy
    from recovery.cli.installation import Recovery

    own, shipped = Recovery().policy, load_policy()
    found = [
        {"key": key, "shipped": before, "yours": after}
        for key, before, after in _differences(own, shipped)
    ]
    if as_json:
        print_json(found)
    elif found:
        print_table(("key", "shipped", "yours"), (_shown(one) for one in found))
    else:
        print("your policy is the shipped one")


def _rules(policy: "Policy") -> list[dict[str, Any]]:
    statuses = sorted(policy.statuses, key=lambda status: (status.number or 99, status))
    return [_rule(policy, status) for status in statuses]


def _rule(policy: "Policy", status: Any) -> dict[str, Any]:
    rule = policy.rule(status)
    return {
        "number": status.number,
        "status": status.value,
        "label": status.label(),
        "goal": policy.goal(status).value,
        "open": rule.open.value,
        "after_days": rule.after_days,
        "whatsapp": rule.whatsapp.value,
        "messages": rule.messages if rule.whatsapp != "never" else 0,
        "calls": rule.calls,
        "call_days": list(policy.call_days(rule)),
        "hold_days": policy.hold_days if rule.delete else 0,
        "delete": rule.delete,
    }


def _rule_row(rule: dict[str, Any]) -> Sequence[object]:
    return (
        rule["number"],
        rule["label"],
        rule["open"],
        f"{rule['after_days']} days" if rule["after_days"] else "at once",
        rule["whatsapp"],
        rule["messages"],
        ", ".join(str(day) for day in rule["call_days"]) or "–",
        f"{rule['hold_days']} days" if rule["delete"] else "–",
        "with approval" if rule["delete"] else "never",
    )


def _base(recovery: "Recovery") -> "list[StatusOutlook] | None":
    from recovery.adapters.db.queries.outlook import outlook
    from recovery.cli.installation import existing, has_database

    if not has_database(recovery):
        return None
    database = existing().database
    return outlook(database, recovery.policy, recovery.countries, now=recovery.clock())


def _print_base(base: "list[StatusOutlook]", per_day: int) -> None:
    print("\nfor today's base (people; calls at most, for whoever answers needs fewer)\n")
    print_table(
        ("#", "status", "contacts", "messaged", "called", "calls", "later", "left out"),
        (
            (
                line.status.number,
                line.status.label(),
                line.contacts,
                line.messaged,
                line.called,
                line.calls,
                line.later,
                line.left_out.total(),
            )
            for line in base
        ),
        keys=2,
    )
    total = _total(base, per_day)
    print(
        f"\n{total['messaged']:,} people get a message, {total['calls']:,} calls: "
        f"{total['days_of_work']:,} days of work for one rep at {per_day} calls a day"
    )
    _print_reasons("gets neither", total["left_out"])
    _print_reasons("is called, but gets no WhatsApp", total["no_whatsapp"])


def _print_reasons(title: str, reasons: dict[str, int]) -> None:
    if reasons:
        print(f"\nwho {title}, and why")
        print_table(("people", "reason"), ((number, why) for why, number in reasons.items()))


def _total(base: "list[StatusOutlook]", per_day: int) -> dict[str, Any]:
    left_out: Counter[str] = Counter()
    no_whatsapp: Counter[str] = Counter()
    for line in base:
        left_out += line.left_out
        no_whatsapp += line.no_whatsapp
    calls = sum(line.calls for line in base)
    return {
        "contacts": sum(line.contacts for line in base),
        "messaged": sum(line.messaged for line in base),
        "called": sum(line.called for line in base),
        "calls": calls,
        "days_of_work": math.ceil(calls / per_day),
        "left_out": dict(left_out.most_common()),
        "no_whatsapp": dict(no_whatsapp.most_common()),
    }


def _print_json(
    recovery: "Recovery",
    rules: list[dict[str, Any]],
    base: "list[StatusOutlook] | None",
    per_day: int,
) -> None:
    print_json(
        {
            "version": recovery.policy.version,
            "profile": recovery.policy.profile,
            "statuses": rules,
            "base": base,
            "total": _total(base, per_day) if base is not None else None,
            "warnings": list(_warnings(recovery)),
        }
    )


def _warnings(recovery: "Recovery") -> Iterator[str]:
    policy = recovery.policy
    if not policy.consent.is_set:
        yield "no consent rule: nobody gets WhatsApp; set [consent] tags or field"
    if not policy.default_region:
        yield ("default_region is empty: numbers without a country in text or address are not used")
    yield from _stand_ins(recovery)


def _stand_ins(recovery: "Recovery") -> Iterator[str]:
    """Names in [templates] instead that no text has: they would stand in for nothing."""
    from recovery.adapters.jinja import read_folder

    named = recovery.policy.templates.instead
    texts, _ = read_folder(recovery.template_folder)
    known = {text.name for text in texts}
    for name in sorted({*named, *(one for ladder in named.values() for one in ladder)} - known):
        yield f"[templates] instead: no text in {recovery.template_folder} is called {name}"


def _differences(own: "Policy", shipped: "Policy") -> "Iterator[tuple[str, Any, Any]]":
    """Each with the key as one types it; a line for two statuses differs once."""
    from recovery.adapters.files.policy_file import shipped_keys
    from recovery.domain.email_status import parse_email_status

    typed = {parse_email_status(key): key for key in shipped_keys()}
    told: set[tuple[str, str, str]] = set()
    before, after = shipped.model_dump(mode="json"), own.model_dump(mode="json")
    yield from _unlike(
        {name: value for name, value in before.items() if name != "statuses"},
        {name: value for name, value in after.items() if name != "statuses"},
    )
    for status in sorted(own.statuses, key=lambda one: one not in typed):
        rules = before["statuses"].get(status, {}), after["statuses"][status]
        for field, old, new in _unlike(*rules):
            change = (field, str(old), str(new))
            if status in typed or change not in told:
                told.add(change)
                yield f"{typed.get(status, status.value.lower())}.{field}", old, new


def _unlike(
    before: dict[str, Any], after: dict[str, Any], path: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _unlike(old, new, f"{path}{key}.")
        elif old != new:
            yield f"{path}{key}", old, new


def _shown(one: dict[str, Any]) -> Sequence[object]:
    return one["key"], _as_typed(one["shipped"]), _as_typed(one["yours"])


def _as_typed(value: object) -> str:
    """As TOML has it."""
    match value:
        case None:
            return "–"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case _:
            return str(value)
