"""The whole job in one run, for a person to start and for `recovery run`."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker, PrefectConsoleHandler
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from flows import environment, parts
from flows.archive import archived
from flows.parts import attempt, finish, run_name
from flows.pull import PullOptions, pulled
from flows.reach import ReachOptions, reached
from flows.record import recorded
from flows.route import routed
from flows.server import joined_or_running
from recovery.bootstrap import Recovery
from recovery.services.stages import StageReport

_DELIVER_WITHIN = 10.0


@flow(name="recover", flow_run_name=run_name("recover"), retries=0, persist_result=False)
def recover(
    pull: PullOptions = PullOptions(),  # noqa: B008 (frozen)
    reach: ReachOptions = ReachOptions(),  # noqa: B008 (frozen)
) -> State[Any]:
    """Does the whole job once: record, pull, route, reach, record, archive, up to the approval.
    It never deletes anybody. A stage that breaks does not keep the later ones from their work."""

    def stages() -> list[StageReport]:
        if warning := parts.recovery().budget.plan().warning:
            get_run_logger().warning("%s", warning)
        return [
            attempt("record", recorded),
            attempt("pull", lambda: pulled(pull)),
            attempt("route", routed),
            attempt("reach", lambda: reached(reach)),
            attempt("record", recorded),
            attempt("archive", archived),
        ]

    return finish("recover", stages)


def run_once(recovery: Recovery) -> list[StageReport]:
    """Runs `recover` on the server at PREFECT_API_URL, on that of `recovery serve`, or on one of
    its own; raises the error that ended the run, ServerUnavailable without a server."""
    os.environ.update(environment.QUIET)
    home = recovery.settings.home / "prefect"
    with joined_or_running(home) as server, at_server(server.api):
        # A server of our own ends with the run: whoever is told there hears nothing.
        return run_here(recovery, is_heard=server.child is None)


def run_here(recovery: Recovery, *, is_heard: bool = True) -> list[StageReport]:
    """Runs `recover` on the server that is set; reports of all stages, or the error raised."""
    with parts.using(recovery, is_heard=is_heard):
        state = recover(return_state=True)
    result = state.result(raise_on_failure=False)
    if isinstance(result, Exception):
        raise result
    return cast("list[StageReport]", result)


@contextmanager
def at_server(api: str) -> Iterator[None]:
    """Flows called inside the block run on the server at `api`, with nothing on the terminal.

    Without heartbeats: their thread makes every run wait a second at its end, and whoever runs a
    flow in its own process sees by itself that it died.
    """
    settings: dict[Any, Any] = {
        PREFECT_API_URL: api,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
    }
    with temporary_settings(settings), _quiet_terminal():
        try:
            yield
        finally:
            # Before the server may end: what is still queued would be lost, with a traceback.
            APILogWorker.drain_all(timeout=_DELIVER_WITHIN)
            EventsWorker.drain_all(timeout=_DELIVER_WITHIN)


@contextmanager
def _quiet_terminal() -> Iterator[None]:
    """Prefect's console handlers stay silent; the run's log still reaches the server."""
    loggers = [logging.getLogger(name) for name in ("", *logging.root.manager.loggerDict)]
    handlers = [h for one in loggers for h in one.handlers if isinstance(h, PrefectConsoleHandler)]
    before = [handler.level for handler in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for handler, level in zip(handlers, before, strict=True):
            handler.setLevel(level)
