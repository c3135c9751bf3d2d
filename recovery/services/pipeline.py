"""Sends in flight: a pool of threads, their answers as they come, and the sender's pace."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from recovery.crashpoints import crashpoint
from recovery.errors import AuthorizationLost
from recovery.services.ports import CodeAction, Messenger, SendAnswer, SendResult
from recovery.uptime import uptime

#: Answers that are recorded in one transaction.
GROUP = 100
#: A Retry-After is believed up to a minute (facts: Twilio 20429; absurd ones occur).
LONGEST_PAUSE = 60.0
#: Seconds in which a message leaves once its `sending` is committed, else it is checked again …
LEAVES_WITHIN = 1.0
#: … and that its last checks are good for, however long the commit took.
CHECKS_GOOD_FOR = 5.0


@dataclass(frozen=True, slots=True)
class Started:
    """A message whose `sending` is committed: it may be posted, once."""

    attempt_id: int
    case_id: int
    token: str
    number: str
    content_sid: str
    variables: Mapping[str, str]
    valid_for: int
    checked_at: float = field(default_factory=lambda: uptime())


@dataclass(frozen=True, slots=True)
class Answered:
    """A started message with what became of it."""

    started: Started
    answer: SendAnswer
    action: CodeAction | None = None


def together(per_second: float, *, most: int) -> int:
    """How many are marked `sending` in one go: what leaves before it must be checked again."""
    return max(1, min(most, int(per_second / 2)))


class Pipeline:
    """Posts messages side by side, each by its moment, and hands back their answers in groups."""

    def __init__(
        self, messenger: Messenger, post: Callable[[Started, float], SendAnswer], threads: int
    ) -> None:
        self._messenger = messenger
        self._post = post
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._answers: SimpleQueue[Answered] = SimpleQueue()
        self._flying = 0

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)

    def post(self, started: Sequence[Started]) -> None:
        """Hands messages that were committed just now to the pool."""
        soon = uptime() + LEAVES_WITHIN
        for one in started:
            self._pool.submit(self._run, one, min(soon, one.checked_at + CHECKS_GOOD_FOR))
            # Only now: what no thread takes has no answer to wait for, and is in doubt.
            self._flying += 1

    def _run(self, started: Started, leave_by: float) -> None:
        try:
            answer = self._post(started, leave_by)
            crashpoint("P07")
        except AuthorizationLost:
            self._answers.put(
                Answered(
                    started, SendAnswer(SendResult.NOT_SENT, code="authorization"), CodeAction.STOP
                )
            )
        except BaseException:
            # Whatever broke, the request may have left: only `in doubt` is safe to say.
            self._answers.put(Answered(started, SendAnswer(SendResult.IN_DOUBT)))
            raise
        else:
            action = self._messenger.action(answer.code) if answer.code else None
            self._answers.put(Answered(started, answer, action))

    def answers(self, *, room: int) -> Iterator[list[Answered]]:
        """Answers in groups, until no more than `room` messages are in flight."""
        while self._flying > room:
            taken = [self._answers.get()]
            while len(taken) < GROUP:
                try:
                    taken.append(self._answers.get_nowait())
                except Empty:
                    break
            self._flying -= len(taken)
            yield taken


class Throttle:
    """Keeps a sender to its messages a second, and slower still when it is turned away."""

    def __init__(self, per_second: float, sleep: Callable[[float], None]) -> None:
        self._per_second = per_second
        self._sleep = sleep
        self._free_at = uptime()
        self._pause = 2.0
        self._asked: float | None = None

    def wait(self, messages: int) -> None:
        """Waits until so many messages may leave."""
        now = uptime()
        if self._free_at > now:
            self._sleep(self._free_at - now)
        self._free_at = max(now, self._free_at) + messages / self._per_second

    def slow_down(self, retry_after: float | None) -> None:
        """The provider turned a message away; a believable Retry-After is kept."""
        if retry_after and 0 < retry_after <= LONGEST_PAUSE:
            self._asked = max(self._asked or 0.0, retry_after)

    def back_off(self) -> None:
        """Pauses as asked, else 2, 4, 8 … 60 seconds."""
        self._sleep(self._asked or self._pause)
        self._asked, self._pause = None, min(LONGEST_PAUSE, self._pause * 2)
