"""Every error a caller may meet, and what may be done about it.

RecoveryError
├─ Refusal                  the rules say no: shown, recorded, never retried, never an alert
├─ ProviderError            Keap or Twilio answered, or did not, in a way that matters
│   ├─ TemporaryFailure     429, 5xx, time-outs on a read: the adapter has already retried
│   │   ├─ HeldUp           it waited here for so long that it must be looked at again: not sent
│   │   └─ QuotaExhausted   the day's quota is used up: the stage ends cleanly, tomorrow goes on
│   ├─ PermanentFailure     this request will never succeed: becomes an outcome
│   ├─ Unsupported          404, 405 or 501 on an optional operation: noted once, done without
│   ├─ AuthorizationLost    the credential is refused: the run stops, a person reconnects
│   ├─ InDoubt              the provider may or may not have carried it out
│   └─ ContractBroken       an answer that does not fit the vendor's schema
├─ PromiseBroken            what always holds does not: nothing is sent or deleted until mended
├─ BrakeOn                  sending stands still: a person mends it, or it lets go by itself
├─ NothingToDo              another run holds the work: this one ends well, having done nothing
├─ Busy                     more asked at once than can be answered: try again in seconds
├─ StorageFull              the disk is full or the database refuses to write: nothing is lost
└─ ConfigurationError       a setting, policy or template is missing or wrong: exit code 2
"""

from dataclasses import dataclass


class RecoveryError(Exception):
    """Something Recovery can explain; the message says what to do next."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class Refusal(RecoveryError):
    """The rules say no."""

    def __init__(self, message: str | None = None, /, **values: object) -> None:
        """With values the message holds `%(name)s`: screens translate it before they fill it in."""
        self.words = message or (self.__doc__ or "").strip()
        self.values = values
        super().__init__(self.words % values if values else self.words)


class PromiseBroken(RecoveryError):
    """What always holds does not: run `recovery doctor --invariants`."""


class BrakeOn(RecoveryError):
    """Sending stands still: `recovery doctor` tells why."""

    def __init__(self, message: str, *, is_latched: bool) -> None:
        self.is_latched = is_latched
        super().__init__(message)


class NothingToDo(RecoveryError):
    """Another run is at work on this account."""


class Busy(RecoveryError):
    """More is asked at once than can be answered: try again in a few seconds; nothing was lost."""


class StorageFull(RecoveryError):
    """The disk is full: free some space, then run again; nothing was lost."""


class ConfigurationError(RecoveryError):
    """A setting is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked of which provider; never holds personal data."""

    provider: str
    operation: str
    status: int | None = None
    code: str | None = None
    request_id: str | None = None

    def __str__(self) -> str:
        parts = [f"{self.provider} {self.operation}"]
        parts += [f"HTTP {self.status}"] if self.status is not None else []
        parts += [f"code {self.code}"] if self.code else []
        return ", ".join(parts)


class ProviderError(RecoveryError):
    """A provider failed."""

    def __init__(self, call: Call, message: str | None = None) -> None:
        self.call = call
        super().__init__(f"{message or (self.__doc__ or '').strip()} ({call})")


class TemporaryFailure(ProviderError):
    """The provider is busy or unreachable for the moment; run again later."""

    retry_after: float | None = None


class HeldUp(TemporaryFailure):
    """The request waited here for too long and was not sent; run again later."""


class QuotaExhausted(TemporaryFailure):
    """The provider's quota for today is used up; it starts anew at 00:00 UTC."""


class PermanentFailure(ProviderError):
    """The provider refuses this request for good."""


class Unsupported(ProviderError):
    """The provider does not offer this operation."""


class AuthorizationLost(ProviderError):
    """The provider refuses the credential: check the token, then run `recovery doctor`."""


class InDoubt(ProviderError):
    """Nobody can tell yet whether the provider carried this out."""


class ContractBroken(ProviderError):
    """The provider's answer does not fit its published schema."""
