"""A posted form, read from the raw body with limits; nothing is guessed."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from recovery.services.webhook_form import USED, Foreign

FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 64 * 1024
MOST_FIELDS = 1_000
#: Seconds for the whole body to arrive; Twilio itself gives up after 15.
LONGEST_READ = 10.0


class Form(Mapping[str, str]):
    """Fields by name; `getlist` is what the SDK's validator asks for where one came twice."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getlist(self, name: str) -> list[str]:
        """All values of a name, in the order they came."""
        return self._values[name]

    def single(self) -> Mapping[str, str]:
        """One value a name; Foreign when a field that matters says two things."""
        for name, values in self._values.items():
            if name in USED and len(set(values)) > 1:
                raise Foreign("repeated")
        return self


async def read_body(request: Request) -> bytes:
    """The raw body of a form POST; Foreign when it is another kind, too large or too slow."""
    if request.method != "POST":
        raise Foreign("method")
    kind = request.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if kind != FORM:
        raise Foreign("content_type")
    stated = request.headers.get("content-length", "0")
    if not (stated.isascii() and stated.isdigit()) or int(stated[:12]) > MOST_BYTES:
        raise Foreign("size")
    try:
        async with asyncio.timeout(LONGEST_READ):
            return await _read(request)
    except TimeoutError:
        raise Foreign("slow") from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Foreign("size")
    return bytes(body)


def parse(body: bytes) -> Form:
    """The fields of a body; Foreign when it is not strictly a form in UTF-8."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Foreign("encoding") from None
    return Form(pairs)
