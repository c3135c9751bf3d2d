"""Control endpoints under `/_sandbox`: what tests and the demo steer the sandbox with."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from recovery.sandbox.world import Json, World


def routes(world: World) -> list[BaseRoute]:
    """What concerns neither vendor alone; each half adds its own control endpoints."""

    async def about(_: Request) -> Response:
        return JSONResponse(_about(world))

    async def ledger(request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            return JSONResponse({"error": "since is the number of a line"}, status_code=400)
        lines = "".join(f"{line}\n" for line in world.ledger.lines(int(since)))
        return Response(lines, media_type="application/x-ndjson")

    async def clock(request: Request) -> Response:
        return await _move_clock(world, await request.json())

    async def faults(request: Request) -> Response:
        return _plan_faults(world, await request.json())

    return [
        Route("/_sandbox", about),
        Route("/_sandbox/ledger", ledger),
        Route("/_sandbox/clock", clock, methods=["POST"]),
        Route("/_sandbox/faults", faults, methods=["POST"]),
    ]


def _about(world: World) -> Json:
    return {
        "sandbox": True,
        "name": "recovery-sandbox",
        "seed": world.options.seed,
        "contacts": len(world.contacts),
        "now": world.clock.now().isoformat(),
        "virtual_time": world.clock.is_virtual,
        "pending": world.clock.pending,
        "requests": world.requests,
        "ledger": len(world.ledger),
        "faults": {"rate": world.faults.rate, "kinds": sorted(world.faults.kinds)},
        "webhook_url": world.webhook_url,
    }


async def _move_clock(world: World, body: Json) -> Response:
    try:
        to = datetime.fromisoformat(str(body.get("now")))
        fired = await world.clock.move(to.replace(tzinfo=to.tzinfo or UTC).astimezone(UTC))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return JSONResponse({"now": world.clock.now().isoformat(), "fired": fired})


def _plan_faults(world: World, body: Json) -> Response:
    try:
        world.faults.plan(
            rate=float(body.get("rate", 0)),
            kinds=body.get("kinds", ()),
            match=str(body.get("match", "")),
            script=body.get("script", ()),
        )
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return JSONResponse({"rate": world.faults.rate, "kinds": sorted(world.faults.kinds)})
