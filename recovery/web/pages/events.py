"""What happens while somebody looks: told as it happens, or to pages that ask now and then."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from recovery.web.pages.guard import Rep
from recovery.web.pulse import EVERY, News, Pulse

router = APIRouter()
#: Seconds: a stream ends after some minutes, so that the guard looks at the session anew; a sign of
#: life keeps proxies from closing it before.
_LONGEST, _SILENCE = 240.0, 15.0
_NUMBER = Query(ge=0, le=2**53)


@router.get("/events")
async def events(visit: Rep, heard: Annotated[int | None, _NUMBER] = None) -> Response:
    """Numbers of cases that changed, never what: server-sent events for who accepts them, else
    what is new since `heard`."""
    pulse = visit.site.pulse
    news = await run_in_threadpool(pulse.since, heard)
    if "text/event-stream" not in visit.request.headers.get("accept", ""):
        return JSONResponse(asdict(news))
    headers = {"x-accel-buffering": "no"}
    return StreamingResponse(_stream(pulse, news), media_type="text/event-stream", headers=headers)


async def _stream(pulse: Pulse, news: News) -> AsyncIterator[str]:
    ends_at = time.monotonic() + _LONGEST
    told_at, heard = time.monotonic(), news.number
    yield _event(news)
    while not pulse.is_closing and time.monotonic() < ends_at:
        await asyncio.sleep(EVERY)
        news = await run_in_threadpool(pulse.since, heard)
        if news.number != heard:
            heard, told_at = news.number, time.monotonic()
            yield _event(news)
        elif time.monotonic() - told_at > _SILENCE:
            told_at = time.monotonic()
            yield ": still here\n\n"


def _event(news: News) -> str:
    return f"id: {news.number}\ndata: {json.dumps(asdict(news))}\n\n"
