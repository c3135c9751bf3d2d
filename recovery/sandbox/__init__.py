"""A stateful Keap and Twilio on loopback, with contacts that answer like people."""

from recovery.sandbox.app import build_app, serve
from recovery.sandbox.options import Options

__all__ = ["Options", "build_app", "serve"]
