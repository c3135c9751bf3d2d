"""Keap over REST v2: one thin client that paces itself and reads tolerantly."""

from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.pacer import MemoryPacerStore, Pacer, PacerState, PacerStore
from recovery.adapters.keap.tokens import StaticToken, TokenSource

__all__ = [
    "KeapClient",
    "MemoryPacerStore",
    "Pacer",
    "PacerState",
    "PacerStore",
    "StaticToken",
    "TokenSource",
]
