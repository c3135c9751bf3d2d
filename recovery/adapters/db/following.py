"""Which finished cases another may follow: after a healing, or by a person (DESIGN §4)."""

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE, CONTACT
from recovery.domain.case import MAY_BE_FOLLOWED, CaseEnd, CaseState
from recovery.domain.email_status import HARD_BOUNCES, EmailStatus

_MAY_BE_FOLLOWED = tuple(sorted(end.value for end in MAY_BE_FOLLOWED))


def ended_for_good() -> sa.ColumnElement[bool]:
    """By its end alone no other follows; a healing or a person may change that."""
    return CASE.c.end.not_in(_MAY_BE_FOLLOWED)


def is_final() -> sa.ColumnElement[bool]:
    """The case is over for good, unless a person asked for another one since."""
    asked = CONTACT.c.requested_at
    return sa.and_(is_over(), asked.is_(None) | (asked <= CASE.c.closed_at))


def is_over() -> sa.ColumnElement[bool]:
    """The case is closed, and nothing happened to the contact since that calls for another."""
    # A record that bounces on since then is of somebody whom another of their addresses reaches.
    won = CASE.c.end == CaseEnd.RECOVERED.value
    as_before = won & (CONTACT.c.status_since <= CASE.c.closed_at)
    return sa.and_(
        CASE.c.state == CaseState.CLOSED.value,
        ended_for_good() | as_before,
        ~_turned_hard(),
        CONTACT.c.healed_at.is_(None) | (CONTACT.c.healed_at <= CASE.c.closed_at),
    )


def _turned_hard() -> sa.ColumnElement[bool]:
    """A soft bounce that turned hard since: unrecovered or stopped, it enters the hold."""
    return sa.and_(
        CASE.c.closed_status == EmailStatus.BOUNCE.value,
        CASE.c.end.in_((CaseEnd.UNRECOVERED.value, CaseEnd.STOPPED.value)),
        CONTACT.c.status.in_(sorted(HARD_BOUNCES)),
    )
