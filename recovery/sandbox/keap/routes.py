"""Which path of Keap's does what."""

from starlette.routing import BaseRoute

from recovery.sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """Keap's paths, OAuth2's token endpoint and the control endpoint of contacts."""
    return []
