"""Voice notes and pictures of a thread, played on the card itself."""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Path
from starlette.exceptions import HTTPException
from starlette.responses import Response

from recovery.adapters.db.queries.card import message_with_files
from recovery.services.reps.attachments import Attachment
from recovery.web.pages.fields import CaseId, RowId
from recovery.web.pages.guard import Rep

router = APIRouter()
#: What a browser may show by itself; anything else is saved, never opened as a page of ours.
_PLAYED = re.compile(r"audio/[\w.+-]+|video/(mp4|3gpp|webm)|image/(jpeg|png|webp|gif)")
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
Number = Annotated[int, Path(ge=0, le=9)]


@router.get("/queue/{case}/media/{reply}/{number}", response_class=Response)
def media(
    visit: Rep,
    case: CaseId,
    reply: Annotated[RowId, Path()],
    number: Number,
    range: Annotated[str, Header(max_length=60)] = "",
) -> Response:
    """A file of one of their messages, or the piece of it that a player asks for."""
    recovery = visit.site.recovery
    sid = message_with_files(recovery.database, case, reply)
    file = recovery.reps.attachments.of(sid, number) if sid else None
    if file is None:
        raise HTTPException(404)
    return _piece(file, range) or Response(file.body, headers=_headers(file))


def played_as(content_type: str) -> str:
    """The type of what is played in place, without its parameters; nothing for other files."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind if _PLAYED.fullmatch(kind) else ""


def _headers(file: Attachment) -> dict[str, str]:
    kind = played_as(file.kind)
    if kind:
        return {"content-type": kind, "accept-ranges": "bytes"}
    return {"content-type": "application/octet-stream", "content-disposition": "attachment"}


def _piece(file: Attachment, wanted: str) -> Response | None:
    """What Safari wants before it plays, and others to move within a recording."""
    found = _RANGE.fullmatch(wanted)
    if not found:
        return None
    first, size = int(found[1]), len(file.body)
    last = min(int(found[2] or size - 1), size - 1)
    if first > last:
        return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
    told = {**_headers(file), "content-range": f"bytes {first}-{last}/{size}"}
    return Response(file.body[first : last + 1], 206, told)
