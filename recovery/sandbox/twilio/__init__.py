"""Twilio's half of the sandbox."""

from starlette.routing import BaseRoute

from recovery.sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """Twilio's paths and the control endpoints of people (`/_sandbox/people`, `/call` …)."""
    return []
