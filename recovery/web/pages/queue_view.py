"""Which part of the queue somebody looks at; it travels in the address, without personal data."""

import hashlib
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query

from recovery.domain.lane import Lane
from recovery.services.reps.queue import SERVED, Board
from recovery.services.reps.queue_store import Filters
from recovery.services.users.user import Role, User

Part = Annotated[str, Query(max_length=40)]
MINE, ALL, NOBODY = "mine", "all", "nobody"


@dataclass(frozen=True, slots=True)
class View:
    """A lane and filters, as the address has them; "" is whatever is usual for the user."""

    lane: str = ""
    status: str = ""
    language: str = ""
    country: str = ""
    owner: str = ""
    attempt: str = ""
    after: str = ""

    def to(self, path: str, **changes: Any) -> str:
        """The address of a page that keeps this view, with these changes."""
        view = replace(self, **{"after": "", **changes})
        names = ("lane", "status", "language", "country", "owner", "attempt", "after")
        told = {name: text for name in names if (text := getattr(view, name))}
        return f"{path}?{urlencode(told)}" if told else path

    @property
    def is_filtered(self) -> bool:
        """Not everybody of the lane is shown."""
        return bool(self.status or self.language or self.country or self.owner or self.attempt)

    def owner_for(self, user: User) -> str:
        """Whose people are meant: a rep's own and nobody's, for others all, unless told."""
        return self.owner or (MINE if user.role is Role.REP else ALL)

    def filters(self, user: User, team: list[User]) -> Filters:
        """As the queue is asked."""
        return Filters(
            status=self.status or None,
            language=self.language or None,
            country=self.country or None,
            owners=self._owners(user, team),
            attempt=int(self.attempt) if self.attempt.isdecimal() else None,
        )

    def _owners(self, user: User, team: list[User]) -> tuple[str, ...] | None:
        match self.owner_for(user):
            case "all":
                return None
            case "mine":
                return (user.email, "")
            case "nobody":
                return ("",)
            case sign:
                return tuple(one.email for one in team if sign_of(one.email) == sign) or ("?",)

    def lane_on(self, board: Board) -> Lane:
        """The lane meant, else the first that has somebody to be worked."""
        if self.lane in list(Lane):
            return Lane(self.lane)
        return next((lane for lane in SERVED if board.counts[lane]), Lane.NOW)

    @property
    def served(self) -> Lane | None:
        """The lane meant, where people are handed out from it."""
        return next((lane for lane in SERVED if lane == self.lane), None)


def sign_of(email: str) -> str:
    """What stands for somebody of the team in an address."""
    return hashlib.sha256(email.encode()).hexdigest()[:10]


def _view(
    lane: Part = "",
    status: Part = "",
    language: Part = "",
    country: Part = "",
    owner: Part = "",
    attempt: Annotated[str, Query(max_length=2)] = "",
    after: Part = "",
) -> View:
    return View(lane, status, language, country, owner, attempt, after)


Looking = Annotated[View, Depends(_view)]
