"""What the flows share: their installation, batches as tasks, and how a run ends."""

import logging
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from functools import cache, partial
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.alerts import tell
from flows.report import message, publish, sentence
from recovery.adapters.db import schema
from recovery.bootstrap import Recovery, utc_now
from recovery.errors import (
    AuthorizationLost,
    ConfigurationError,
    NothingToDo,
    QuotaExhausted,
    RecoveryError,
)
from recovery.services.promises import Finding
from recovery.services.stages import HandOut, StageReport, Work

_RECOVERY: ContextVar[Recovery | None] = ContextVar("recovery", default=None)
_IS_HEARD: ContextVar[bool] = ContextVar("is_heard", default=True)
#: A task run costs tens of milliseconds, so it takes many people at once.
SEND_BATCH = 100
DECIDE_BATCH = 500
Stage = Callable[[], StageReport]


def recovery() -> Recovery:
    """The installation this run works on: the one given by `using`, else that of the settings."""
    return _RECOVERY.get() or _installed()


@contextmanager
def using(given: Recovery, *, is_heard: bool = True) -> Iterator[None]:
    """Flows called inside the block work on this installation, with its clock; `is_heard` where the
    server has automations that tell somebody."""
    tokens = _RECOVERY.set(given), _IS_HEARD.set(is_heard)
    try:
        yield
    finally:
        _RECOVERY.reset(tokens[0])
        _IS_HEARD.reset(tokens[1])


@cache
def _installed() -> Recovery:
    logging.getLogger("recovery").setLevel(logging.INFO)
    installed = Recovery()
    schema.migrate(installed.database)
    return installed


def run_name(stage: str) -> Callable[[], str]:
    """Names a run by its account, its stage and its time, which in a demo is not the wall's."""
    return lambda: f"{account()} · {stage} · {_now():%a %-d %b %H:%M} UTC"


def account() -> str:
    """The name of the Keap account, without reading settings that may be wrong."""
    given = _RECOVERY.get()
    return given.settings.account if given else os.environ.get("RECOVERY_ACCOUNT") or "Recovery"


def _now() -> datetime:
    given = _RECOVERY.get()
    return given.clock() if given else utc_now()


def in_tasks(name: str, size: int) -> HandOut:
    """Hands ids out as one Prefect task a batch; nothing but the ids goes in."""

    def hand_out(ids: Sequence[int], work: Work) -> None:
        batches = [ids[start : start + size] for start in range(0, len(ids), size)]
        for number, batch in enumerate(batches, 1):
            title = f"{name}: batch {number} of {len(batches)} ({len(batch)})"
            as_task(title, partial(_drop, work, batch), name=name)

    return hand_out


def as_task(title: str, work: Callable[[], Any], *, name: str | None = None) -> Any:
    """Runs `work` as one task run called `title`; its errors end the task without a traceback.

    Prefect must not see the error itself: it would store its text, which may name people.
    """
    failure: list[Exception] = []

    @task(name=name or title, task_run_name=title, retries=0, cache_policy=NO_CACHE)
    def run() -> Any:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 (raised again below, outside the task)
            failure.append(error)
            return _end_of(error)

    state = run(return_state=True)
    if failure:
        raise failure[0]
    return state.result()


def attempt(stage: str, work: Stage) -> StageReport:
    """A stage's report; what breaks this stage alone is in it, what stops every run is raised."""
    try:
        report = work()
    except (ConfigurationError, AuthorizationLost):
        raise
    except RecoveryError as error:
        report = StageReport(stage, broken=str(error))
    get_run_logger().info("%s, %s: %s", account(), stage, sentence(report))
    return report


def finish(name: str, work: Callable[[], list[StageReport]]) -> State[Any]:
    """Runs the stages of a flow, leaves its artifacts, and says how the run ends.

    The state's data are the reports, or the error that ended the run.
    """
    try:
        reports = work()
        broken = _look_back()
    except Exception as error:  # noqa: BLE001 (the entry point: nothing personal leaves by it)
        if not isinstance(error, RecoveryError):
            get_run_logger().error("%s", _place_of(error))
        with suppress(Exception):  # what ended the run is told, not this
            _look_back()
        state = _end_of(error)
        state.data = error
        return state
    publish(name, reports)
    said = "; ".join([*map(_alarm, broken), message(reports)])
    if broken or any(report.broken for report in reports):
        return Failed(message=said, data=reports)
    return Completed(name=_state_name(reports), message=said, data=reports)


def _look_back() -> list[Finding]:
    """Asks the promises, and tells what needs a person: at the end of each run, also of a broken
    one."""
    broken = recovery().promises.end_of_run()
    if _IS_HEARD.get():
        tell(recovery())
    return broken


def _alarm(promise: Finding) -> str:
    return f"{promise.number} is broken: {promise.statement} ({promise.count})"


def _state_name(reports: Sequence[StageReport]) -> str:
    notes = [report.note or "" for report in reports]
    if all(note.startswith("nothing to do") for note in notes):
        return "NothingToDo"
    if any(note.startswith("quota") for note in notes):
        return "QuotaUsedUp"
    if any(note.startswith("waits for approval") for note in notes):
        return "AwaitingApproval"
    return "Completed"


def _end_of(error: Exception) -> State[Any]:
    """How an error ends a run; without the error itself, which Prefect would write to its log."""
    match error:
        case NothingToDo():
            return Completed(name="NothingToDo", message=f"nothing to do: {error}")
        case QuotaExhausted():
            return Completed(name="QuotaUsedUp", message=f"quota: {error}")
        case RecoveryError():
            return Failed(message=str(error))
        case _:
            kind = type(error).__name__
            return Failed(message=f"something unexpected ({kind}): see the run's log for the place")


def _place_of(error: Exception) -> str:
    """Where it happened; the error's own text is left out, because it may name people."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([f"something unexpected happened ({type(error).__name__}):", *where])


def _drop(work: Work, ids: Sequence[int]) -> None:
    """A batch's task returns nothing: its counts are in the stage's report."""
    work(ids)
