"""Styles, scripts and pictures; an address that carries the contents' hash may be kept for ever."""

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from recovery.web.pages.site import STATIC


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = "v" in QueryParams(scope["query_string"].decode("latin-1"))
        kept = "public, max-age=31536000, immutable" if versioned else "no-cache"
        response.headers["cache-control"] = kept
        return response


def files() -> StaticFiles:
    """The files under `static/`."""
    return _Files(directory=STATIC)
