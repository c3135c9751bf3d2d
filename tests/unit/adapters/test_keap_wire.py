"""How long one try waits for Keap."""

from typing import Any

import pytest
import requests

from recovery.adapters.keap import operations as op
from recovery.adapters.keap.operations import Operation
from recovery.adapters.keap.pacer import MemoryPacerStore, Pacer
from recovery.adapters.keap.tokens import StaticToken
from recovery.adapters.keap.wire import Timeouts, Wire
from recovery.errors import InDoubt, TemporaryFailure
from recovery.settings import KeapSettings
from tests.fakes import FakeClock
from tests.installation import NOON


class Silence(requests.Session):
    """Never answers, and remembers for how long it was listened to."""

    def __init__(self, heard: list[float]) -> None:
        super().__init__()
        self.heard = heard

    def request(self, *_: Any, timeout: Any = None, **__: Any) -> Any:
        self.heard.append(timeout[1])
        raise requests.ReadTimeout


def patience(operation: Operation, *ids: str) -> list[float]:
    """For how many seconds each try of a silent Keap listens."""
    heard: list[float] = []
    wire = Wire(
        KeapSettings(base_url="http://127.0.0.1:9/crm"),
        tokens=StaticToken("key"),
        pacer=Pacer(MemoryPacerStore(), rate=1000, sleep=lambda _: None),
        clock=FakeClock(NOON),
        session_factory=lambda: Silence(heard),
        sleep=lambda _: None,
        timeouts=Timeouts(connect=1, read=60, total=120),
    )
    with pytest.raises((TemporaryFailure, InDoubt)):
        wire.call(operation, *ids)
    return heard


def test_what_may_be_repeated_is_given_up_early_at_first_and_late_from_the_third_try_on() -> None:
    assert patience(op.LIST_CONTACTS) == pytest.approx([15, 40, 60, 60, 60, 60])


def test_what_goes_only_once_gets_all_the_time_there_is() -> None:
    assert patience(op.CREATE_NOTE, "7") == [60]
