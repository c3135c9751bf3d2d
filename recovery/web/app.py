"""The web app, built from services: nothing happens at import."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from recovery.services.inbox import InboxService
from recovery.services.ports import Clock
from recovery.web.applier import Applier, Apply, Talking, Work
from recovery.web.health import Check, health_router
from recovery.web.metrics import Metrics
from recovery.web.pages import Site, add_pages
from recovery.web.voice import VoiceEndpoints, VoiceLine
from recovery.web.webhooks import Receiver, Signing


def create_app(
    *,
    inbox: InboxService,
    apply: Apply,
    signing: Signing,
    checks: Mapping[str, Check],
    clock: Clock,
    talking: Talking | None = None,
    voice: VoiceLine | None = None,
    chores: Sequence[Work] = (),
    errands: Sequence[Work] = (),
    pages: Site | None = None,
) -> FastAPI:
    """Webhooks, health and pages; `apply` runs in a thread of the app, one at a time.

    Without `voice` no calls are placed: Twilio has nothing to ask about them. `chores` are done
    beside `apply`, `errands` where waiting for the network harms nobody; `app.state.wake()` has
    both looked at now.
    """
    metrics = Metrics()
    metrics.watch(inbox.waiting, inbox.spooled)
    receiver = Receiver(inbox, signing, metrics, clock=clock, on_received=lambda: applier.wake())
    works = [
        Work("quarantine", lambda: inbox.quarantine(receiver.rejections())),
        Work("ingest", inbox.ingest),
    ]
    answers: list[Work] = []
    if talking:
        # A stop counts before all that callbacks may tell.
        works.append(Work("understand", lambda: _then(talking.understand(), answerer.wake)))
        answers.append(Work("answer", talking.answer))
    works.append(Work("apply", apply))
    works += [Work("calls", voice.apply)] if voice else []
    works += chores
    answers += errands
    # Whoever waits for the network must keep no stop waiting.
    applier, answerer = Applier(works, metrics), Applier(answers, metrics)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        applier.start()
        answerer.start()
        yield
        receiver.intake.close()
        applier.stop()
        answerer.stop()

    app = FastAPI(
        title="Recovery",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )

    def wake() -> None:
        applier.wake()
        answerer.wake()

    app.state.wake = wake
    webhooks = [receiver.router()]
    webhooks += [VoiceEndpoints(voice, receiver).router()] if voice else []
    # Proxies may or may not strip the path of the public address: both find their way.
    for prefix in {"", signing.prefix}:
        for router in webhooks:
            app.include_router(router, prefix=prefix)
    app.include_router(health_router(checks, metrics))
    if pages:
        add_pages(app, pages, prefix=signing.prefix)
    return app


def _then(count: int | None, wake: Callable[[], None]) -> int:
    if count:
        wake()
    return count or 0
