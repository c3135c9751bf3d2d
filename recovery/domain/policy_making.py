"""Makes the policy from the shipped one and a file that may hold only what differs from it."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from recovery.domain.email_status import EmailStatus, parse_email_status
from recovery.domain.policy import GOALS, Goal, Policy, PolicyError, StatusRule
from recovery.domain.policy_words import wrong

_S = EmailStatus
#: What only a person asks for, so that no message template exists.
_WITHOUT_MESSAGES = frozenset({Goal.LIST_CONSENT, Goal.COMPLAINT})
#: A line for the first also rules the others, unless they have a line of their own.
_TOGETHER = {
    _S.NON_MARKETABLE: (_S.UNENGAGED_NON_MARKETABLE, _S.NO_EMAIL),
    _S.HARD_BOUNCE: (_S.DEACTIVATED,),
}
#: Deleting these would lose people whose mail may work again, or who were never asked.
_NEVER_DELETED = frozenset({_S.NON_MARKETABLE, _S.UNENGAGED_NON_MARKETABLE, _S.NO_EMAIL, _S.BOUNCE})


def _status_key(key: str) -> EmailStatus | None:
    if key == "no_email":
        return EmailStatus.NO_EMAIL
    status = parse_email_status(key)
    return status if status in GOALS or status is EmailStatus.LOCKDOWN else None


def _spelled(data: Mapping[str, Any], status: str) -> str:
    """The key as the firm wrote it, so that they find the line."""
    firsts = [first for first, others in _TOGETHER.items() if status in others]
    keys = (key for one in (status, *firsts) for key in data if _status_key(key) == one)
    return next(keys, status.lower())


def _split(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[EmailStatus, dict[str, Any]]]:
    """Lines of statuses apart from everything else."""
    plain: dict[str, Any] = {}
    lines: dict[EmailStatus, dict[str, Any]] = {}
    for key, value in data.items():
        status = _status_key(key)
        if status is None:
            plain[key] = value
        elif not isinstance(value, Mapping):
            raise PolicyError(f'{key}: must be a line such as {{ open = "auto", calls = 2 }}')
        else:
            lines[status] = dict(value)
    return plain, lines


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return result


def _rules_of(profile: Mapping[str, Any], own: dict[EmailStatus, dict[str, Any]]) -> dict[str, Any]:
    rules: dict[EmailStatus, dict[str, Any]] = {}
    for lines in (_split(profile)[1], own):
        for first, others in _TOGETHER.items():
            if first in lines:
                lines = {**dict.fromkeys(others, lines[first]), **lines}
        for status, line in lines.items():
            rules[status] = _merged(rules.get(status, {}), line)
    return {status.value: line for status, line in rules.items()}


def make_policy(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> Policy:
    """The shipped policy with the firm's own differences; raises PolicyError naming the key."""
    plain, lines = _split(own)
    if "statuses" in plain:
        raise PolicyError(
            "statuses: there is no such table; write its lines at the top of the file, such as "
            'hard_bounce = { open = "never" }'
        )
    below = {key: value for key, value in shipped.items() if key != "profiles"}
    data = _merged(below, plain)
    profile = data.get("profile")
    if profile not in shipped["profiles"]:
        raise PolicyError(f'profile: must be "careful" or "guide", not {profile!r}')
    data["statuses"] = _rules_of(shipped["profiles"][profile], lines)
    try:
        # Read as JSON, texts become names of our own and lists tuples; nothing else is converted.
        policy = Policy.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        lines_wrong = dict.fromkeys(_explain(e, own) for e in error.errors())
        raise PolicyError(*lines_wrong) from None
    _check_deletions(policy, own)
    _check_messages(policy, own)
    return policy


def _check_messages(policy: Policy, own: Mapping[str, Any]) -> None:
    for status, rule in policy.statuses.items():
        if rule.messages > 0 and policy.goal(status) in _WITHOUT_MESSAGES:
            raise PolicyError(
                f"{_spelled(own, status)}.messages: there is no template for people in this "
                "status, who are asked by a person alone; set messages = 0"
            )


def _check_deletions(policy: Policy, own: Mapping[str, Any]) -> None:
    for status in sorted(_NEVER_DELETED):
        if policy.rule(status).delete:
            raise PolicyError(
                f"{_spelled(own, status)}.delete: people in this status are never deleted; "
                "take the key out"
            )


def _explain(error: Any, own: Mapping[str, Any]) -> str:
    path = [str(part) for part in error["loc"]]
    if path[:1] == ["statuses"]:
        path = [_spelled(own, path[1]) if len(path) > 1 else "status", *path[2:]]
    key = ".".join(path)
    if error["type"] == "extra_forbidden":
        return f"{key}: there is no such key{_hint(path)}"
    told = wrong(error)
    return f"{key}: {told}" if key else told


def _hint(path: list[str]) -> str:
    names = list(Policy.model_fields) if len(path) == 1 else list(StatusRule.model_fields)
    names = [name for name in names if name != "statuses"]
    names += [s.value.lower() for s in GOALS] + ["soft_bounce", "opt_out", "invalid_email"]
    close = get_close_matches(path[-1], names, n=1)
    return f"; did you mean {close[0]}?" if close else "; see the shipped policy for all keys"
