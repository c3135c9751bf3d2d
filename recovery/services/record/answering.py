"""What people wrote is understood as it comes, and our answers leave within seconds.

Understanding touches our database alone, so that a stop counts whatever the network does; answering
goes by the send protocol, under a lease of its own: the web app and `record` may both be at it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from recovery.errors import BrakeOn, ConfigurationError, NothingToDo, PromiseBroken, ProviderError
from recovery.services.lease import Lease
from recovery.services.ports import Clock, ContentStatus
from recovery.services.record.answers import ANSWERS, AnswerService
from recovery.services.record.replies import ReplyService

#: How long a list of contents is believed: they only change by `templates push`.
_KNOWN_FOR = timedelta(minutes=10)
#: After the provider could not be asked, or took nothing.
_REST = timedelta(minutes=1)
Contents = Mapping[str, ContentStatus]


class Leases(Protocol):
    """Hands out the right to answer."""

    def hold(self, name: str) -> AbstractContextManager[Lease]:
        """Raises NothingToDo when another process has it."""


class Answering:
    """One instance a process; both methods may be called from threads of their own."""

    def __init__(
        self,
        replies: ReplyService,
        answers: AnswerService,
        *,
        leases: Leases,
        contents: Callable[[], Contents],
        clock: Clock,
    ) -> None:
        self._replies = replies
        self._answers = answers
        self._leases = leases
        self._contents = contents
        self._clock = clock
        self._known: Contents = {}
        self._asks_at: datetime | None = None
        self._rests_until: datetime | None = None

    def understand(self) -> int:
        """Acts on all stored replies without asking anybody; how many they were.

        Questions go without buttons until `answer` has seen which contents there are.
        """
        return self._replies.handle_all(lambda: self._known).total()

    def ask_and_understand(self) -> int:
        """As `understand`, but asks for the contents when the first question needs its buttons."""
        return self._replies.handle_all(self._listed).total()

    def answer(self) -> int:
        """Posts the answers that are due, each once; nothing while another process is at it. How
        many left.

        Raises ConfigurationError where nobody may be written to.
        """
        self._listed()
        now = self._clock()
        if (self._rests_until and now < self._rests_until) or not self._answers.has_answers():
            return 0
        try:
            with self._leases.hold(ANSWERS) as lease:
                left, turned_away = self._answers.send(lease)
        except (NothingToDo, BrakeOn):
            return 0
        self._rests_until = self._clock() + _REST if turned_away else None
        return left

    def answer_if_allowed(self) -> int:
        """As `answer`, for who has nobody to tell that sending is off; how many left."""
        try:
            return self.answer()
        except (ConfigurationError, PromiseBroken):
            return 0

    def _listed(self) -> Contents:
        """The provider's contents, some minutes old at most; none where it cannot be asked."""
        now = self._clock()
        if self._asks_at is None or now >= self._asks_at or now < self._asks_at - _KNOWN_FOR:
            self._asks_at = now + _REST
            try:
                self._known = self._contents()
            except (ProviderError, ConfigurationError):
                return self._known
            self._asks_at = now + _KNOWN_FOR
        return self._known
