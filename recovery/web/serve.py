"""Serves the web app until it is told to stop; requests under way are answered first."""

import sys

import uvicorn
from fastapi import FastAPI

#: Seconds that requests under way have left after SIGTERM.
_GRACE = 10


def server(app: FastAPI, *, host: str, port: int) -> uvicorn.Server:
    """A server that trusts no proxy's headers and logs no addresses."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http="httptools",
            loop="asyncio" if sys.platform == "win32" else "uvloop",
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_GRACE,
        )
    )


def run(app: FastAPI, *, host: str, port: int) -> None:
    """Returns after SIGINT or SIGTERM, when all was answered and applied."""
    server(app, host=host, port=port).run()
