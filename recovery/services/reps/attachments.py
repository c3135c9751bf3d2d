"""Voice notes and pictures of a thread: fetched when a rep plays them, never stored."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

#: Bytes remembered: a player asks for a file in pieces, and a rep plays it again.
_MOST_KEPT = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with its content type as the provider names it."""

    kind: str
    body: bytes


class Attachments:
    """Files by message and number, the last ones in memory; one instance a process."""

    def __init__(self, fetch: Callable[[str, int], Attachment | None]) -> None:
        self._fetch = fetch
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, int], Attachment] = OrderedDict()

    def of(self, message_sid: str, number: int) -> Attachment | None:
        """The file; None where the provider has it no more, ProviderError where it cannot tell."""
        key = (message_sid, number)
        with self._lock:
            known = self._kept.get(key)
        if known:
            return known
        found = self._fetch(message_sid, number)
        if found:
            self._keep(key, found)
        return found

    def _keep(self, key: tuple[str, int], found: Attachment) -> None:
        with self._lock:
            self._kept[key] = found
            while sum(len(one.body) for one in self._kept.values()) > _MOST_KEPT:
                self._kept.popitem(last=False)
