"""What is wrong with a key of the policy, in words: what is allowed there, and what was found."""

from typing import Any

_KINDS = {
    "int_type": "must be a whole number without quotes, such as 3",
    "int_from_float": "must be a whole number, such as 3",
    "float_type": "must be a number without quotes, such as 0.02",
    "bool_type": "must be true or false, without quotes",
    "string_type": 'must be a text in quotes, such as "MX"',
    "string_too_short": "must be a name in quotes",
    "tuple_type": 'must be a list in brackets, such as ["VIP"]',
    "model_type": "must be a table: a [section], or a line with { … }",
    "missing": "is missing",
    "time_parsing": 'must be a time such as "09:00"',
    "time_type": 'must be a time such as "09:00"',
}
_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def wrong(error: Any) -> str:
    """One line for one of pydantic's errors, with the value where it is a short one."""
    kind, found = error["type"], _found(error["input"])
    if kind in _KINDS:
        return _KINDS[kind] + found
    if kind in _LIMITS:
        name, word = _LIMITS[kind]
        return f"must be {word} {error['ctx'][name]:g}{found}"
    if kind in {"enum", "literal_error"}:
        return f"must be {error['ctx']['expected']}".replace("'", '"') + found
    return str(error["msg"]).removeprefix("Value error, ")


def _found(value: Any) -> str:
    match value:
        case bool():
            return f", not {str(value).lower()}"
        case str() if len(value) <= 40:
            return f', not "{value}"'
        case int() | float():
            return f", not {value}"
        case _:
            return ""
