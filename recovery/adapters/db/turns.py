"""Writers of one process in the order they came: SQLite itself lets them poll for its lock."""

import threading
from collections import deque


class Turns:
    """A lock that is handed on in order; `threading.Lock` may give it to who just had it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, patience: float) -> None:
        """Waits for our turn; TimeoutError when it does not come within `patience` seconds."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(patience):
            return
        with self._guard:
            if called.is_set():  # it came while we gave up
                return
            self._waiting.remove(called)
        raise TimeoutError

    def hand_on(self) -> None:
        """Who waits longest is next."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
