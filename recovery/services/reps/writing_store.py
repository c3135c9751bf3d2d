"""What writing to people reads and writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.domain.lane import Place
from recovery.domain.policy import Goal
from recovery.services.pipeline import Answered, Started
from recovery.services.route.service import RouteItem


@dataclass(frozen=True, slots=True)
class Heard:
    """The person's last message: the very number they wrote from, and to which of ours."""

    number: str
    number_key: str
    sender: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """A case as far as writing needs it; `places` are those of its numbers by their key.

    `on_call` while a rep is on the phone with them, or was within the half hour.
    """

    item: RouteItem
    goal: Goal
    language: str
    given_names: tuple[str, ...]
    email: str
    places: Mapping[str, Place]
    heard: Heard | None
    on_call: bool
    #: What reps typed and what left a moment ago, or has not left yet.
    just_typed: frozenset[str]
    approved: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Text:
    """A text ready to be committed; with a `content_sid` it is an approved question."""

    number: str
    number_key: str
    body: str
    sender: str | None = None
    content_sid: str | None = None
    template: str | None = None
    language: str | None = None
    variables: Mapping[str, str] | None = None
    #: Hours were not asked: on the phone with them, or right after their own message.
    any_hour: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be written now; the reasons tell why one of them may not, and from when it may."""

    window_until: datetime | None
    no_text: str | None
    question: str | None
    no_question: str | None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StartedText:
    """A text whose `sending` is committed."""

    started: Started
    body: str
    sender: str | None


class WritingStore(Protocol):
    """Where reps' texts are kept; each method is one transaction."""

    def talk(self, case_id: int, now: datetime) -> Talk | None:
        """An open case; None for others."""

    def intend(
        self,
        rep: str,
        case_id: int,
        text: Text,
        now: datetime,
        *,
        said_yes: str | None,
        still: Callable[[Talk], None],
    ) -> int:
        """Commits a text with the consent it needs; Refusal where another rep holds the person,
        or they were silenced meanwhile. `still` looks at the case as it is then, while nothing else
        of it is begun, and may refuse as well. Answers the attempt's id."""

    def has_due(self) -> bool:
        """Is any text waiting to leave?"""

    def start(
        self,
        now: datetime,
        *,
        epoch: int,
        allows: Callable[[Place], bool],
        holds_questions: bool,
    ) -> list[StartedText]:
        """The last checks and `intended → sending`; who may not be written to any more is told in
        the person's history. Questions wait while they are held; texts are answers and do not."""

    def settle(self, answered: Sequence[Answered], now: datetime, *, epoch: int) -> None:
        """Records what the provider answered."""
