"""The web app, built from services: nothing happens at import."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from recovery.services.inbox import InboxService
from recovery.services.ports import Clock
from recovery.web.applier import Applier, Apply, Work
from recovery.web.health import Check, health_router
from recovery.web.metrics import Metrics
from recovery.web.voice import VoiceEndpoints, VoiceLine
from recovery.web.webhooks import Receiver, Signing


def create_app(
    *,
    inbox: InboxService,
    apply: Apply,
    signing: Signing,
    checks: Mapping[str, Check],
    clock: Clock,
    voice: VoiceLine | None = None,
) -> FastAPI:
    """Webhooks and health; `apply` runs in a thread of the app, one at a time.

    Without `voice` no calls are placed: Twilio has nothing to ask about them.
    """
    metrics = Metrics()
    metrics.watch(inbox.waiting, inbox.spooled)
    receiver = Receiver(inbox, signing, metrics, clock=clock, on_received=lambda: applier.wake())
    works = [
        Work("quarantine", lambda: inbox.quarantine(receiver.rejections())),
        Work("ingest", inbox.ingest),
        Work("apply", apply),
    ]
    works += [Work("calls", voice.apply)] if voice else []
    applier = Applier(works, metrics)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        applier.start()
        yield
        receiver.intake.close()
        applier.stop()

    app = FastAPI(
        title="Recovery",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    webhooks = [receiver.router()]
    webhooks += [VoiceEndpoints(voice, receiver).router()] if voice else []
    # Proxies may or may not strip the path of the public address: both find their way.
    for prefix in {"", signing.prefix}:
        for router in webhooks:
            app.include_router(router, prefix=prefix)
    app.include_router(health_router(checks, metrics))
    return app
