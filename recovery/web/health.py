"""Is it alive, is it ready, and how much has it done: for load balancers and Prometheus."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from recovery.errors import RecoveryError
from recovery.web.metrics import Metrics

#: Raises when what it checks is not as it must be.
Check = Callable[[], None]


def health_router(checks: Mapping[str, Check], metrics: Metrics) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`; none of them holds personal data."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")

    @router.get("/readyz")
    def readyz() -> Response:
        found = {name: _problem(check) for name, check in checks.items()}
        is_ready = not any(found.values())
        answer = {"ready": is_ready, "checks": {name: why or "ok" for name, why in found.items()}}
        return JSONResponse(answer, status_code=200 if is_ready else 503)

    @router.get("/metrics")
    def numbers() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _problem(check: Check) -> str | None:
    try:
        check()
    except RecoveryError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 (its text may name hosts and paths)
        return type(error).__name__
    return None
