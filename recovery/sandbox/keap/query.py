"""How Keap's lists are asked: filter grammar, order, pages; and how all its answers look."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

Json = dict[str, Any]
Test = Callable[[Json, str, str], bool]

CLAUSE = re.compile(r"([A-Za-z0-9_]+)(==|!=|>=|<=|>|<)(.*)", re.DOTALL)
DEFAULT_PAGE = 100


class KeapError(Exception):
    """Answered in the shape of Keap v2's own errors."""

    def __init__(self, status: int, message: str, *, domain: str = "contact") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.domain = domain


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a filter."""

    field: str
    operator: str
    value: str

    @property
    def values(self) -> list[str]:
        """The members of a set."""
        return [value.strip() for value in self.value.split(",") if value.strip()]


def answer(content: Any, status: int = 200) -> Response:
    """A JSON answer."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json;charset=UTF-8")


def error(status: int, message: str, *, domain: str = "contact") -> Response:
    """Keap v2's error shape, its `code` a number."""
    names = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED",
             404: "NOT_FOUND", 405: "UNIMPLEMENTED", 409: "ABORTED"}  # fmt: skip
    details = [{"domain": domain, "resource": message}]
    name = names.get(status, "INTERNAL")
    return answer({"code": status, "message": message, "status": name, "details": details}, status)


async def body_of(request: Request) -> Json:
    """The JSON object sent; raises KeapError when there is none."""
    try:
        body = await request.json()
    except ValueError as broken:
        raise KeapError(400, "Malformed JSON request") from broken
    if not isinstance(body, dict):
        raise KeapError(400, "Malformed JSON request")
    return body


def clauses(request: Request) -> list[Clause]:
    """The filter's conditions, all of which must hold."""
    found = []
    for part in request.query_params.get("filter", "").split(";"):
        if not part.strip():
            continue
        match = CLAUSE.fullmatch(part.strip())
        if match is None:
            raise KeapError(400, f"Invalid filter: {part}")
        found.append(Clause(*match.groups()))
    return found


def matching(
    rows: Iterable[Json], wanted: Sequence[Clause], tests: Mapping[str, Test]
) -> list[Json]:
    """The rows for which all conditions hold; an unknown field is an error, as at Keap."""
    for clause in wanted:
        if clause.field not in tests:
            raise KeapError(400, f"Invalid filter field: {clause.field}")
    pairs = [(tests[clause.field], clause) for clause in wanted]
    return [row for row in rows if all(test(row, c.operator, c.value) for test, c in pairs)]


def ordered(
    rows: list[Json], request: Request, fields: Mapping[str, str], default: str
) -> list[Json]:
    """Rows in the order asked for; `fields` names the row's key for each allowed order."""
    words = request.query_params.get("order_by", "").split()
    name, direction = [*words, "asc"][:2] if words else (default, "asc")
    if name not in fields or direction.lower() not in {"asc", "desc"}:
        raise KeapError(400, f"Invalid order_by: {' '.join(words)}")
    key = fields[name]
    return sorted(rows, key=lambda row: _rank(row, key), reverse=direction.lower() == "desc")


def page_size(request: Request, ceiling: int) -> int:
    """How many rows a page has; 0 and nothing mean the default."""
    text = request.query_params.get("page_size") or "0"
    if not text.isdecimal() or int(text) > ceiling:
        raise KeapError(400, f"page_size must be between 0 and {ceiling}")
    return int(text) or min(DEFAULT_PAGE, ceiling)


def offset(request: Request) -> int:
    """Where the page begins: tokens look opaque and are offsets, so they drift with the rows."""
    token = request.query_params.get("page_token")
    if not token:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(token))["lastRow"])
    except (ValueError, KeyError, TypeError, binascii.Error) as broken:
        raise KeapError(400, "Invalid page_token") from broken


def token_for(row: int) -> str:
    """The token of the page that begins at `row`."""
    return base64.urlsafe_b64encode(json.dumps({"lastRow": row}).encode()).decode()


def page(
    rows: Sequence[Json],
    request: Request,
    *,
    name: str,
    ceiling: int = 1000,
    view: Callable[[Json], Json] = dict,
) -> Response:
    """One page of rows under `name`, and the token of the next where there is one."""
    start, size = offset(request), page_size(request, ceiling)
    content: Json = {name: [view(row) for row in rows[start : start + size]]}
    if start + size < len(rows):
        content["next_page_token"] = token_for(start + size)
    return answer(content)


def text(key: str) -> Test:
    """Equality without regard to case, with `*` at the end for a beginning."""

    def test(row: Json, operator: str, value: str) -> bool:
        _only(operator, "==")
        have = str(row.get(key, "")).casefold()
        wanted = value.casefold()
        return have.startswith(wanted[:-1]) if wanted.endswith("*") else have == wanted

    return test


def contains(key: str) -> Test:
    """Found anywhere, or at the beginning with `*` at the end."""

    def test(row: Json, operator: str, value: str) -> bool:
        _only(operator, "==")
        have, wanted = str(row.get(key, "")).casefold(), value.casefold()
        return have.startswith(wanted[:-1]) if wanted.endswith("*") else wanted in have

    return test


def number(key: str) -> Test:
    """A number compared in any way; Keap's ids are numbers written as text."""

    def test(row: Json, operator: str, value: str) -> bool:
        have, wanted = _number(str(row.get(key, 0))), _number(value)
        match operator:
            case "==":
                return have == wanted
            case "!=":
                return have != wanted
            case ">":
                return have > wanted
            case "<":
                return have < wanted
            case ">=":
                return have >= wanted
            case _:
                return have <= wanted

    return test


def one_of(key: str) -> Test:
    """Membership in a set."""

    def test(row: Json, operator: str, value: str) -> bool:
        _only(operator, "==")
        return str(row.get(key)) in {part.strip() for part in value.split(",")}

    return test


def since(key: str) -> Test:
    """Not before a moment."""
    return lambda row, _, value: _moment(row.get(key)) >= _moment(value)


def until(key: str) -> Test:
    """Not after a moment."""
    return lambda row, _, value: _moment(row.get(key)) <= _moment(value)


def flag(key: str) -> Test:
    """A truth value, `true` or `false`."""
    return lambda row, _, value: bool(row.get(key)) == (value.casefold() == "true")


def _only(operator: str, allowed: str) -> None:
    if operator != allowed:
        raise KeapError(400, f"Operator {operator} is not supported for this field")


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError as broken:
        raise KeapError(400, f"Not a number: {value}") from broken


def _moment(value: str | None) -> datetime:
    """Keap refuses a date without time: only full ISO with a zone is taken."""
    try:
        moment = datetime.fromisoformat(value or "1970-01-01T00:00:00+00:00")
    except ValueError as broken:
        raise KeapError(400, f"Invalid date: {value}") from broken
    if moment.tzinfo is None:
        raise KeapError(400, f"Invalid date: {value}")
    return moment


def _rank(row: Json, key: str) -> tuple[float, str]:
    value = str(row.get(key) or "")
    return (
        (float(value), "") if key == "id" else (0.0, f"{value.casefold()}\x00{row.get('id', '')}")
    )
