"""What a command that starts other processes needs: looked at in seconds, before it starts them,
instead of by their first run."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from recovery.errors import AuthorizationLost, ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recovery.cli.installation import Recovery


def need_configuration(recovery: "Recovery") -> None:
    """Raises ConfigurationError where policy, templates or a credential are wrong or missing."""
    _ = recovery.policy, recovery.templates, recovery.crm, recovery.messenger.our_senders


def need_credentials(recovery: "Recovery") -> None:
    """Raises AuthorizationLost where Keap or Twilio refuses us, asked once each and without
    patience; who is only away for now is the stages' affair."""
    _need_keap(recovery)
    _need_twilio(recovery)


def _need_keap(recovery: "Recovery") -> None:
    client = recovery.impatient_crm()
    try:
        with _whatever_else():
            client.users()
    finally:
        client.rest()


def _need_twilio(recovery: "Recovery") -> None:
    quick = recovery.impatient_messenger()
    try:
        with _whatever_else():
            quick.contents()
    except AuthorizationLost as error:
        raise AuthorizationLost(
            error.call,
            "Twilio refuses the credentials: check RECOVERY_TWILIO__ACCOUNT_SID and "
            "RECOVERY_TWILIO__AUTH_TOKEN (Twilio console, 'Account info'), then run again",
        ) from None
    finally:
        quick.close()


@contextmanager
def _whatever_else() -> "Iterator[None]":
    try:
        yield
    except AuthorizationLost:
        raise
    except ProviderError:
        return
