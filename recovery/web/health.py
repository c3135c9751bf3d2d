"""Is it alive, is it ready, and how much has it done: for load balancers and Prometheus."""

import logging
from collections.abc import Callable, Mapping

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from recovery.adapters.db.engine import Database
from recovery.adapters.db.schema import is_current
from recovery.errors import ConfigurationError, RecoveryError
from recovery.web.metrics import Metrics

_LOG = logging.getLogger(__name__)
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


def readiness(database: Database, keys: Callable[[], object]) -> dict[str, Check]:
    """What must hold before the app takes requests; `keys` reads the installation's secrets."""

    def migrated() -> None:
        if not is_current(database):
            raise ConfigurationError("the database is not up to date: run `recovery migrate`")

    def readable() -> None:
        keys()

    return {"database": migrated, "keys": readable}


def _problem(check: Check) -> str | None:
    """The kind of the problem; its text may name hosts and paths, and anybody may ask."""
    try:
        check()
    except RecoveryError as error:
        _LOG.warning("not ready: %s", error)
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 (whatever is wrong, the answer is `not ready`)
        _LOG.warning("not ready (%s)", type(error).__name__)
        return type(error).__name__
    return None
