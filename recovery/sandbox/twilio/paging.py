"""The two ways in which Twilio pages its lists."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from recovery.sandbox.twilio.api import Json, RefusedError, origin

T = TypeVar("T")
_MOST = 1000


def page_2010(
    request: Request,
    rows: Sequence[T],
    *,
    key: str,
    shape: Callable[[T], Json],
    sid: Callable[[T], str],
    most: int = _MOST,
) -> Json:
    """A page of the 2010 API; PageToken names the last row seen, so new rows shift nothing."""
    size, number = _size(request, default=50, most=most), _number(request)
    start = _start(request, rows, sid, size=size, number=number)
    shown = rows[start : start + size]
    after = f"PA{sid(shown[-1])}" if start + size < len(rows) else None
    end = start + len(shown) - 1 if shown else 0
    return {
        key: [shape(row) for row in shown],
        "page": number,
        "page_size": size,
        "start": start if shown else 0,
        "end": end,
        "uri": _uri(request, size, number),
        "first_page_uri": _uri(request, size, 0),
        "next_page_uri": _uri(request, size, number + 1, token=after) if after else None,
        "previous_page_uri": _uri(request, size, number - 1) if number else None,
    }


def page_meta(request: Request, rows: Sequence[T], *, key: str, shape: Callable[[T], Json]) -> Json:
    """A page of the newer APIs, with its `meta`."""
    size, number = _size(request, default=50, most=_MOST), _number(request)
    start = number * size
    base = origin(request)
    more = start + size < len(rows)
    return {
        key: [shape(row) for row in rows[start : start + size]],
        "meta": {
            "key": key,
            "page": number,
            "page_size": size,
            "url": base + _uri(request, size, number),
            "first_page_url": base + _uri(request, size, 0),
            "next_page_url": base + _uri(request, size, number + 1) if more else None,
            "previous_page_url": base + _uri(request, size, number - 1) if number else None,
        },
    }


def _start(
    request: Request, rows: Sequence[T], sid: Callable[[T], str], *, size: int, number: int
) -> int:
    last = request.query_params.get("PageToken", "")[2:]
    if last:
        return next((at + 1 for at, row in enumerate(rows) if sid(row) == last), number * size)
    return number * size


def _size(request: Request, *, default: int, most: int) -> int:
    text = request.query_params.get("PageSize", str(default))
    if not text.isdecimal() or int(text) < 1:
        raise RefusedError(20001, "Parameter 'PageSize' is not valid")
    return min(int(text), most)


def _number(request: Request) -> int:
    text = request.query_params.get("Page", "0")
    if not text.isdecimal():
        raise RefusedError(20001, "Parameter 'Page' is not valid")
    return int(text)


def _uri(request: Request, size: int, number: int, *, token: str | None = None) -> str:
    kept = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in {"Page", "PageSize", "PageToken"}
    ]
    query = [*kept, ("PageSize", str(size)), ("Page", str(number))]
    return f"{request.url.path}?{urlencode([*query, *([('PageToken', token)] if token else [])])}"
