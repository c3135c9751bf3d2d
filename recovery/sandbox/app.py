"""One ASGI application: Keap, Twilio and the control endpoints over one world."""

import contextlib
import sys
from collections.abc import AsyncIterator
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from recovery.sandbox import control, keap, twilio
from recovery.sandbox.directory import Directory
from recovery.sandbox.options import Options
from recovery.sandbox.twilio.state import Account
from recovery.sandbox.wire import Wire
from recovery.sandbox.world import World


class Sandbox(Starlette):
    """A Starlette with the wire around all its middleware, where uvicorn's own `send` is seen."""

    def behind_wire(self, world: World) -> Self:
        """Puts the faults and the latency of `world` in front of everything."""
        self.state.world = world
        self._wire = Wire(super().__call__, world)
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        await self._wire(scope, receive, send)


def build_app(options: Options) -> Sandbox:
    """The application; `app.state` has its `world` and the `twilio` account in it."""
    world = World(options)
    account = Account(world, Directory(world))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        world.clock.start()
        yield

    routes = [*twilio.routes(account), *keap.routes(world), *control.routes(world)]
    app = Sandbox(routes=routes, lifespan=lifespan)
    app.state.twilio = account
    return app.behind_wire(world)


def serve(options: Options) -> None:
    """Serves until interrupted, and prints at start how to point Recovery at it."""
    app = build_app(options)
    sys.stdout.write(welcome(options))
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(server_config(options, app)).run()


def server_config(options: Options, app: Starlette) -> uvicorn.Config:
    """How uvicorn serves it: the Date header is the sandbox's, who connects is taken as is."""
    return uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        http="httptools",
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
    )


def welcome(options: Options) -> str:
    """Settings ready to be pasted."""
    settings = {
        "RECOVERY_KEAP__BASE_URL": f"{options.url}/crm",
        "RECOVERY_KEAP__TOKEN": options.keap_token,
        "RECOVERY_KEAP__TOKEN_URL": f"{options.url}/token",
        "RECOVERY_TWILIO__BASE_URL": options.url,
        "RECOVERY_TWILIO__ACCOUNT_SID": options.twilio_account_sid,
        "RECOVERY_TWILIO__AUTH_TOKEN": options.twilio_auth_token,
        "RECOVERY_TWILIO__WHATSAPP_FROM": options.whatsapp_from,
        "RECOVERY_TWILIO__VOICE_FROM": options.voice_from,
    }
    lines = "".join(f"export {name}={value}\n" for name, value in settings.items())
    return (
        f"# sandbox with {options.contacts} contacts, seed {options.seed}: {options.url}\n{lines}"
    )
