"""Files that people send, and the Media resource they are fetched by."""

import struct
import zlib
from collections.abc import Callable
from functools import cache

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from recovery.sandbox.twilio.api import Json, not_found, origin, reply, rfc2822
from recovery.sandbox.twilio.messages import message_of
from recovery.sandbox.twilio.paging import page_2010
from recovery.sandbox.twilio.shapes import VERSION
from recovery.sandbox.twilio.state import Account, Media


async def list_media(account: Account, request: Request) -> Response:
    """GET Messages/{Sid}/Media.json."""
    message = message_of(account, request)

    def shape(media: Media) -> Json:
        uri = f"/{VERSION}/Accounts/{account.sid}/Messages/{message.sid}/Media/{media.sid}.json"
        return {
            "sid": media.sid,
            "account_sid": account.sid,
            "parent_sid": message.sid,
            "content_type": media.kind,
            "date_created": rfc2822(message.created_at),
            "date_updated": rfc2822(message.updated_at),
            "uri": uri,
        }

    return reply(
        page_2010(request, message.media, key="media_list", shape=shape, sid=lambda one: one.sid)
    )


async def fetch_media(account: Account, request: Request) -> Response:
    """GET Messages/{Sid}/Media/{Sid}: a redirect to the media host, here the sandbox itself."""
    sid = request.path_params["media"]
    for media in message_of(account, request).media:
        if media.sid == sid:
            place = f"{origin(request)}/media-host/{account.sid}/{sid}/{media.kind}"
            return RedirectResponse(place, 307)
    raise not_found(request)


async def media_host(request: Request) -> Response:
    """The bytes; asks for no credentials, as Twilio's media host."""
    kind = request.path_params["kind"]
    make = _CONTENTS.get(kind)
    return Response(make(), media_type=kind) if make else Response(status_code=404)


@cache
def _voice_note() -> bytes:
    """A second of silence: Opus packets of 20 ms in Ogg, as WhatsApp's voice notes are."""
    silence = [b"\xf8\xff\xfe"] * 50
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, 48_000, 0, 0)
    tags = struct.pack("<8sI7sI", b"OpusTags", 7, b"sandbox", 0)
    pages = [(2, 0, [head]), (0, 0, [tags]), (4, 48_000, silence)]
    return b"".join(_ogg(number, *page) for number, page in enumerate(pages))


def _ogg(number: int, flags: int, position: int, packets: list[bytes]) -> bytes:
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, position, 1, number, 0, len(packets))
    page = head + bytes(map(len, packets)) + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_sum(page)) + page[26:]


def _ogg_sum(page: bytes) -> int:
    total = 0
    for byte in page:
        total ^= byte << 24
        for _ in range(8):
            total = (total << 1 ^ (0x04C11DB7 if total & 0x80000000 else 0)) & 0xFFFFFFFF
    return total


@cache
def _picture() -> bytes:
    """A PNG of a sunset, more or less."""
    wide, high = 240, 160
    rows = (b"\0" + bytes((235 - y // 2, 120 + y // 2, 90 + y // 2)) * wide for y in range(high))
    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


_CONTENTS: dict[str, Callable[[], bytes]] = {"audio/ogg": _voice_note, "image/png": _picture}
