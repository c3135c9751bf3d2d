"""What needs a person: everything that waits until somebody looks, each with what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.adapters.db.queries.needs import Needs, needs
from recovery.domain.archive import BatchState
from recovery.domain.brakes import BrakeName
from recovery.services.archive.batches import BatchSummary
from recovery.web.pages.guard import Manager
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import words

router = APIRouter(default_response_class=HTMLResponse)
#: A nightly pull that is older than this did not run.
_STALE = timedelta(hours=36)
_MENDED = words("Mend the cause, then let it go on: here, or by `recovery policy go`.")
#: What stands still where it is something else than sending.
_HOLDS: dict[str, str] = {BrakeName.WAVE: words("No new cases are opened")}


@dataclass(frozen=True, slots=True)
class Need:
    """One line: how many, since when, and what to do about it; `path` leads there."""

    kind: str
    count: int | None
    what: str
    what_now: str
    since: datetime | None = None
    path: str = ""
    detail: str = ""
    #: The brake that a person's word lets go.
    brake: str = ""


@router.get("/status")
def status(visit: Manager) -> Response:
    """The list, worst first, and how things stand."""
    recovery = visit.site.recovery
    found = needs(recovery.database)
    batches = [one for one in recovery.archive.batches() if is_open(one)]
    lines = [*_broken(visit), *_waiting(visit, found, batches), *_settings(visit)]
    return visit.render(
        "status.html",
        lines=lines,
        last_pull_at=found.last_pull_at,
        sending=recovery.settings.live_sending,
        deleting=recovery.settings.live_deleting,
        policy=recovery.policy,
    )


@router.post("/status/go")
def go(visit: Manager, brake: Annotated[str, Form(max_length=600)]) -> Response:
    """A manager's word that what this brake holds back may go on."""
    if visit.site.recovery.brakes.go(by=visit.user.email, names=[brake]):
        visit.tell("It goes on with the next run. What is still broken stops again by itself.")
    else:
        visit.tell("Nothing waited for a word any more.")
    return visit.go("/status")


def is_open(batch: BatchSummary) -> bool:
    """Somebody in it waits for a decision or a deletion."""
    closed = batch.batch.state in (BatchState.BUILDING, BatchState.DONE)
    return bool(batch.waiting or batch.in_doubt) and not closed


def _broken(visit: Visit) -> Iterator[Need]:
    recovery = visit.site.recovery
    for latched in recovery.promises.latched():
        yield Need(
            "bad",
            latched.finding.count,
            words("A promise is broken: nothing is sent and nobody is deleted"),
            words("Run `recovery doctor --invariants`; it opens again once all holds."),
            latched.since,
            detail=f"{latched.finding.number}: {latched.finding.statement}",
        )
    for hold in recovery.brakes.holds():
        yield Need(
            "bad" if hold.is_latched else "warn",
            None,
            _HOLDS.get(hold.name, words("Sending is held back")),
            _MENDED if hold.is_latched else words("It ends by itself; nothing is lost meanwhile."),
            hold.since,
            detail=str(hold),
            brake=hold.name if hold.is_latched else "",
        )


def _waiting(visit: Visit, found: Needs, batches: list[BatchSummary]) -> Iterator[Need]:
    wins = visit.site.recovery.wins.count()
    not_approved = [one for one in batches if not one.approved_by]
    lines = [
        Need(
            "warn",
            found.talks.count,
            words("People wait for an answer of the team"),
            words("Answer them, or close their case."),
            found.talks.since,
            "/queue?lane=replies&owner=all",
        ),
        Need(
            "warn",
            sum(one.waiting for one in not_approved),
            words("Contacts wait for your yes or no before they are deleted"),
            words("Look at the list and decide."),
            min((one.batch.built_at for one in not_approved), default=None),
            "/approvals",
        ),
        Need(
            "info",
            wins,
            words("Free wins: another address of the same person works"),
            words("Decide on the page Free wins; meanwhile nobody is contacted."),
            path="/wins",
        ),
        Need(
            "warn",
            found.in_doubt.count,
            words("Messages or calls in doubt: nobody knows yet whether they left"),
            words("They are looked up by themselves and never sent twice. Old ones: ask Twilio."),
            found.in_doubt.since,
        ),
        Need(
            "bad",
            found.keap_refused.count,
            words("Changes that Keap refused"),
            words("See them with `recovery report`, and make them by hand in Keap."),
            found.keap_refused.since,
        ),
        Need(
            "warn",
            found.templates.count,
            words("Templates that WhatsApp has not approved"),
            words("See why, and what to do, on the page Texts."),
            path="/templates",
        ),
    ]
    yield from (line for line in lines if line.count)
    if found.last_pull_at is None or visit.site.clock() - found.last_pull_at > _STALE:
        yield Need(
            "bad",
            None,
            words("Keap was not read since yesterday"),
            words("See in Prefect whether the schedule runs, or run `recovery pull`."),
            found.last_pull_at,
        )


def _settings(visit: Visit) -> Iterator[Need]:
    recovery = visit.site.recovery
    if recovery.settings.public_url is None:
        yield Need(
            "info",
            None,
            words("Twilio cannot reach this server"),
            words("Set RECOVERY_PUBLIC_URL; until then answers come in minutes later."),
        )
    if recovery.policy.intake is None:
        yield Need(
            "info",
            None,
            words("Nobody said how many calls the team can make a day"),
            words("Set `intake` in the policy, or the queue grows without end."),
        )
