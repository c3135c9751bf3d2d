"""What the provider says of a message, and that it never goes backwards."""

from recovery.domain.case import AttemptState

#: The provider's words, as its documentation lists them, by what they mean for us.
_STATES = {
    "scheduled": AttemptState.ACCEPTED,
    "accepted": AttemptState.ACCEPTED,
    "queued": AttemptState.ACCEPTED,
    "sending": AttemptState.ACCEPTED,
    "sent": AttemptState.SENT,
    "undelivered": AttemptState.FAILED,
    "failed": AttemptState.FAILED,
    "canceled": AttemptState.FAILED,
    "delivered": AttemptState.DELIVERED,
    "partially_delivered": AttemptState.DELIVERED,
    "read": AttemptState.READ,
}
_RANKS = (
    AttemptState.INTENDED,
    AttemptState.SENDING,
    AttemptState.IN_DOUBT,
    AttemptState.ABSENT,
    AttemptState.ACCEPTED,
    AttemptState.SENT,
    AttemptState.FAILED,
    AttemptState.DELIVERED,
    AttemptState.READ,
)


def state_of(provider_status: str) -> AttemptState | None:
    """The state a provider's status stands for; None for words we do not know."""
    return _STATES.get(provider_status.lower())


def follows(new: AttemptState, old: AttemptState) -> bool:
    """May `new` replace `old`? Late and repeated news change nothing."""
    if old not in _RANKS:
        return False
    return _RANKS.index(new) > _RANKS.index(old)
