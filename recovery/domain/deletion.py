"""What must be true before a contact may be deleted; the first reason against it spares them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from recovery.domain.archive import addresses_of, content_hash, status_of, tag_names
from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Policy


class Spared(StrEnum):
    """Why a contact stays; the names are stored, counted and shown."""

    REOPENED = "reopened"
    RECOVERED = "recovered"
    STATUS_HEALED = "status_healed"
    STATUS_UNKNOWN = "status_unknown"
    STATUS_KEPT = "status_kept"
    OTHER_ADDRESS_WORKS = "other_address_works"
    TWIN_IS_DELIVERABLE = "twin_is_deliverable"
    ANSWERED = "answered"
    CAME_BACK = "came_back"
    CHANGED = "changed"
    PROTECTED = "protected"
    OPEN_ORDER = "open_order"
    ACTIVE_SUBSCRIPTION = "active_subscription"
    OPEN_OPPORTUNITY = "open_opportunity"
    OPEN_ATTEMPT = "open_attempt"
    MESSAGE_IN_DOUBT = "message_in_doubt"
    OPEN_CALL = "open_call"
    NEVER_REACHED = "never_reached"
    #: Keap itself refused the DELETE for good.
    REFUSED_BY_KEAP = "refused_by_keap"
    #: Keap's answer about this contact alone cannot be read.
    UNREADABLE = "unreadable"
    #: Somebody of the team looked at the list and said no.
    REJECTED = "rejected"
    #: A newer reading of the same contact waits in another batch.
    ARCHIVED_AGAIN = "archived_again"

    @property
    def opens_again(self) -> bool:
        """The person changed: routing must look at the case afresh."""
        return self in _OPENS_AGAIN


_OPENS_AGAIN = frozenset(
    {
        Spared.RECOVERED,
        Spared.STATUS_HEALED,
        Spared.OTHER_ADDRESS_WORKS,
        Spared.TWIN_IS_DELIVERABLE,
        Spared.ANSWERED,
        Spared.CAME_BACK,
        Spared.CHANGED,
        Spared.OPEN_ATTEMPT,
        Spared.MESSAGE_IN_DOUBT,
        Spared.OPEN_CALL,
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What our own database says of a contact, read in the transaction of the intent."""

    in_hold: bool = True
    opened_at: datetime | None = None
    recovered: bool = False
    answered: bool = False
    reached: bool = True
    open_attempt: bool = False
    in_doubt: bool = False
    open_call: bool = False
    twin_deliverable: bool = False


@dataclass(frozen=True, slots=True)
class LastLook:
    """The full record as Keap gave it a moment ago, beside what was archived of it.

    `archived_sha256` is None while the archive is being built: there is nothing to compare yet.
    """

    record: Mapping[str, Any]
    standing: Standing
    policy: Policy
    archived_sha256: str | None = None
    twin_deliverable: bool = False


def why_spared(look: LastLook) -> Spared | None:
    """The first reason not to delete this contact; None when nothing speaks against it."""
    return next((reason for reason, holds in _REASONS if holds(look)), None)


def why_spared_unread(standing: Standing, policy: Policy) -> Spared | None:
    """The same by what we know ourselves, before Keap is asked for the record."""
    look = LastLook({}, standing, policy)
    return next((r for r, holds in _REASONS if r in _OF_STANDING and holds(look)), None)


def _recovered(look: LastLook) -> bool:
    return look.standing.recovered


def _other_address(look: LastLook) -> bool:
    return any(status.is_deliverable for _, status in addresses_of(look.record)[1:])


def _unknown(look: LastLook) -> bool:
    return any(status is EmailStatus.UNKNOWN for _, status in addresses_of(look.record))


def _kept(look: LastLook) -> bool:
    return not look.policy.rule(status_of(look.record)).delete


def _twin(look: LastLook) -> bool:
    return look.standing.twin_deliverable or look.twin_deliverable


def _came_back(look: LastLook) -> bool:
    """They opened or clicked an e-mail since the case began: somebody reads that mailbox."""
    since = look.standing.opened_at
    rows = look.record.get("statuses")
    if since is None or not isinstance(rows, list):
        return False
    names = ("last_open_time", "last_click_time")
    times = (_moment(row.get(name)) for row in rows if isinstance(row, Mapping) for name in names)
    return any(at is not None and at > since for at in times)


def _changed(look: LastLook) -> bool:
    archived = look.archived_sha256
    return archived is not None and content_hash(look.record) != archived


def _protected(look: LastLook) -> bool:
    protected = {name.strip().casefold() for name in look.policy.protected_tags}
    return any(name.strip().casefold() in protected for name in tag_names(look.record))


def _open_order(look: LastLook) -> bool:
    return any(_owes(order) for order in _rows(look, "orders"))


def _owes(order: Mapping[str, Any]) -> bool:
    """Only what says that it is paid is no longer open; doubt never deletes."""
    due = order.get("total_due")
    amount = due.get("amount") if isinstance(due, Mapping) else due
    is_paid = str(order.get("status") or "").upper() == "PAID"
    return not is_paid or (isinstance(amount, int | float) and amount > 0)


def _subscribes(look: LastLook) -> bool:
    return any(s.get("active") is not False for s in _rows(look, "subscriptions"))


def _opportunity(look: LastLook) -> bool:
    return any(not _is_settled(o) for o in _rows(look, "opportunities"))


def _is_settled(opportunity: Mapping[str, Any]) -> bool:
    """Stages are the firm's own words; only those that plainly say won or lost count as ended."""
    stage = opportunity.get("stage")
    name = str(stage.get("name") or "") if isinstance(stage, Mapping) else str(stage or "")
    words = f"{name} {opportunity.get('status') or ''}".casefold().split()
    return any(word in _SETTLED for word in words)


_SETTLED = frozenset(
    {"won", "win", "lost", "loss", "ganado", "ganada", "perdido", "perdida", "ganho", "ganha"}
)


def _rows(look: LastLook, part: str) -> list[Mapping[str, Any]]:
    value = look.record.get(part)
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _moment(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def _never_reached(look: LastLook) -> bool:
    return not look.standing.reached and not look.policy.delete.never_called


#: Reasons that our own rows give.
_OF_STANDING = frozenset(
    {
        Spared.RECOVERED,
        Spared.ANSWERED,
        Spared.REOPENED,
        Spared.TWIN_IS_DELIVERABLE,
        Spared.MESSAGE_IN_DOUBT,
        Spared.OPEN_ATTEMPT,
        Spared.OPEN_CALL,
        Spared.NEVER_REACHED,
    }
)


_REASONS: tuple[tuple[Spared, Callable[[LastLook], bool]], ...] = (
    (Spared.RECOVERED, _recovered),
    (Spared.STATUS_HEALED, lambda look: status_of(look.record).is_deliverable),
    (Spared.ANSWERED, lambda look: look.standing.answered),
    (Spared.REOPENED, lambda look: not look.standing.in_hold),
    (Spared.STATUS_UNKNOWN, _unknown),
    (Spared.STATUS_KEPT, _kept),
    (Spared.OTHER_ADDRESS_WORKS, _other_address),
    (Spared.TWIN_IS_DELIVERABLE, _twin),
    (Spared.CAME_BACK, _came_back),
    (Spared.CHANGED, _changed),
    (Spared.PROTECTED, _protected),
    (Spared.OPEN_ORDER, _open_order),
    (Spared.ACTIVE_SUBSCRIPTION, _subscribes),
    (Spared.OPEN_OPPORTUNITY, _opportunity),
    (Spared.MESSAGE_IN_DOUBT, lambda look: look.standing.in_doubt),
    (Spared.OPEN_ATTEMPT, lambda look: look.standing.open_attempt),
    (Spared.OPEN_CALL, lambda look: look.standing.open_call),
    (Spared.NEVER_REACHED, _never_reached),
)
