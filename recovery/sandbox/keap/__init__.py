"""Keap's half of the sandbox."""

from recovery.sandbox.keap.routes import routes

__all__ = ["routes"]
