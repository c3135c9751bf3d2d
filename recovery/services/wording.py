"""What a message or a script may say of a case: the values of its variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recovery.domain.email_address import masked
from recovery.domain.greeting import greeting_name
from recovery.domain.policy import Policy
from recovery.domain.texts import likely_email


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a text speaks to; more than one given name means a shared phone."""

    language: str
    given_names: Sequence[str]
    email: str = ""
    #: What their latest order is called, where it is reason enough to write about it.
    order: str = ""


def message_values(addressee: Addressee, policy: Policy, firm: str) -> Mapping[str, str]:
    """Values of a WhatsApp template; empty ones take the template's own fallback.

    On a shared phone nobody is greeted by what may be another's name. An old address is masked,
    because the number may have a new owner.
    """
    meant = likely_email(addressee.email)
    names = {name for text in addressee.given_names if (name := greeting_name(text))}
    return {
        "given_name": names.pop() if len(names) == 1 else "",
        "firm": policy.firm or firm,
        "source": getattr(policy.source, addressee.language),
        "masked_email": masked(addressee.email) if addressee.email else "",
        "masked_guess": masked(meant) if meant else "",
        "order": addressee.order,
    }
