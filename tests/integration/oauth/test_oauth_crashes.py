"""Whoever renews may die, find no room, sleep or be overtaken: no pair is lost in silence."""

from typing import Any

import pytest

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import LeaseRow
from recovery.adapters.keap.rotating import RotatingToken
from recovery.errors import AuthorizationLost, StorageFull
from tests.installation import Crash
from tests.oauth_world import Account


class Wrapped:
    """A real part, of which some steps end in an exception, before or after they are done."""

    def __init__(self, real: Any, step: str, when: str, error: BaseException, times: int) -> None:
        self._real, self._step, self._when = real, step, when
        self._error, self.times = error, times

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name not in ("swap", "exchange"):
            return real

        def call(*args: Any, **kwargs: Any) -> Any:
            is_it = self.times and self._is(name, *args)
            self.times -= bool(is_it)
            if is_it and self._when == "before":
                raise self._error
            found = real(*args, **kwargs)
            if is_it:
                raise self._error
            return found

        return call

    def _is(self, name: str, argument: Any) -> bool:
        if name == "exchange":
            return self._step == "exchange"
        return self._step == ("mark" if argument.is_in_doubt else "keep")


def failing(step: str, when: str, error: BaseException | None = None, times: int = 1) -> Any:
    return lambda real: Wrapped(real, step, when, error or Crash(), times)


def crashing(keap: Account, step: str, when: str) -> RotatingToken:
    part = "endpoint" if step == "exchange" else "store"
    return keap.source(**{part: failing(step, when)})


CRASHES = [
    ("mark", "before", True),
    ("mark", "after", True),
    ("exchange", "before", True),
    ("exchange", "after", False),
    ("keep", "before", False),
    ("keep", "after", True),
]


@pytest.mark.parametrize(("step", "when", "mends_itself"), CRASHES)
def test_a_crash_at_any_step_of_a_renewal_never_loses_the_pair_in_silence(
    keap: Account, step: str, when: str, mends_itself: bool
) -> None:
    old = keap.source().token()
    keap.move(hours=13)
    with pytest.raises(Crash):
        crashing(keap, step, when).token()
    process = keap.source()
    assert keap.opens(process.token())
    assert keap.reuses == 0
    keap.move(hours=12)
    if mends_itself:
        assert process.refresh(old)
        assert keap.opens(process.token())
        return
    with pytest.raises(AuthorizationLost, match="was lost"):
        process.refresh(old)
    keap.reconnect()
    assert keap.opens(keap.source().token())


@pytest.mark.parametrize(("step", "when", "mends_itself"), CRASHES)
def test_a_crash_at_any_step_of_the_first_fetch_is_mended_or_told(
    keap: Account, step: str, when: str, mends_itself: bool
) -> None:
    with pytest.raises(Crash):
        crashing(keap, step, when).token()
    if mends_itself:
        assert keap.opens(keap.source().token())
        return
    with pytest.raises(AuthorizationLost, match="was lost"):
        keap.source().token()


def test_a_pair_that_cannot_be_stored_is_not_used_and_stored_later(keap: Account) -> None:
    source = keap.source(store=failing("keep", "before", StorageFull(), times=3))
    with pytest.raises(StorageFull):
        source.token()
    assert keap.refreshes == 1
    assert keap.opens(source.token())
    assert (keap.refreshes, keap.reuses) == (1, 0)
    assert keap.source().token() == source.token()


def test_a_database_that_is_locked_for_a_moment_costs_nothing(keap: Account) -> None:
    source = keap.source(store=failing("keep", "before", OSError("locked"), times=2))
    assert keap.opens(source.token())
    assert keap.refreshes == 1


def test_a_disk_that_is_full_before_the_mark_spends_nothing(keap: Account) -> None:
    with pytest.raises(StorageFull):
        keap.source(store=failing("mark", "before", StorageFull())).token()
    assert keap.refreshes == 0


def test_a_reconnection_during_a_refresh_wins(keap: Account) -> None:
    class Slow:
        """Meanwhile a person reconnects, and another process begins with the new token."""

        def __init__(self, real: Any) -> None:
            self._real = real

        def exchange(self, refresh: str) -> Any:
            found = self._real.exchange(refresh)
            if not keap.seed:
                keap.reconnect()
                keap.process().keap_grants.load()
            return found

    token = keap.source(endpoint=Slow).token()
    assert keap.opens(token)
    assert keap.source().token() == token
    assert (keap.refreshes, keap.reuses) == (2, 0)


def test_a_process_that_slept_in_its_turn_does_not_lose_its_pair(keap: Account) -> None:
    class Sleepy:
        """Its lease runs out while it holds the answer, and another process takes over."""

        def __init__(self, real: Any) -> None:
            self._real = real

        def exchange(self, refresh: str) -> Any:
            found = self._real.exchange(refresh)
            with keap.process().database.begin() as connection:
                connection.execute(table(LeaseRow).update().values(holder=""))
            with pytest.raises(AuthorizationLost):
                keap.source().token()
            return found

    token = keap.source(endpoint=Sleepy).token()
    # Here the second use of the spent token has ended both: that is told, not guessed.
    assert keap.source().token() == token
    with pytest.raises(AuthorizationLost):
        keap.source().refresh(token)


def test_a_process_with_the_settings_of_yesterday_does_not_bring_back_the_old_pair(
    keap: Account,
) -> None:
    yesterday = keap.source()
    yesterday.token()
    keap.reconnect()
    new = keap.source().token()
    keap.move(hours=13)
    assert keap.opens(yesterday.token())
    assert keap.opens(keap.source().token())
    assert keap.reuses == 0
    assert new != yesterday.token()
