"""Who may be reached on which channel: consent, country and number, each with its reason."""

from recovery.domain.case import Channel
from recovery.domain.country import CountryRules
from recovery.domain.email_status import EmailStatus
from recovery.domain.person import Number, Person, usable
from recovery.domain.policy import Policy, WhatsAppRule

#: WhatsApp never delivers marketing templates to the United States (Twilio 63049, since 2025-04).
NO_MARKETING = frozenset({"US"})


def whatsapp_number(person: Person) -> Number | None:
    """The number a first message goes to, if any takes WhatsApp."""
    return next((n for n in usable(person.numbers) if n.takes_whatsapp and n.zones), None)


def call_number(person: Person, *, turn: int = 0) -> Number | None:
    """The number of the turn-th call; several numbers take turns."""
    numbers = [n for n in usable(person.numbers) if n.takes_calls and n.zones]
    return numbers[turn % len(numbers)] if numbers else None


def why_no_whatsapp(person: Person, policy: Policy) -> str | None:
    """Why this person gets no WhatsApp, in words; None where the policy's rule is met."""
    rule = policy.rule(person.status).whatsapp
    if rule is WhatsAppRule.NEVER:
        return "the policy allows no WhatsApp in this status"
    if Channel.WHATSAPP in person.suppressed:
        return "the person does not want to be written to"
    if not policy.consent.is_set:
        return "the policy has no consent rule"
    if not has_consent(person, rule):
        newer = " newer than the opting out" if rule is WhatsAppRule.OWN_CONSENT else ""
        return f"no consent to WhatsApp{newer} is on record"
    number = whatsapp_number(person)
    if number is None:
        return "no number of theirs takes WhatsApp"
    if number.phone.region in NO_MARKETING:
        return "WhatsApp delivers no marketing templates to this country"
    return None


def has_consent(person: Person, rule: WhatsAppRule) -> bool:
    """The policy's consent rule is proved on the case's own contact."""
    consents = person.consents_to(Channel.WHATSAPP)
    if rule is WhatsAppRule.OWN_CONSENT:
        return any(c.is_newer_than(person.deciding.status_since) for c in consents)
    return rule is WhatsAppRule.CONSENT and bool(consents)


def why_no_call(person: Person, rules: CountryRules | None) -> str | None:
    """Why this person gets no call, in words; None where a call is allowed."""
    if Channel.CALL in person.suppressed:
        return "the person does not want to be called"
    if call_number(person) is None:
        return "there is no usable number"
    if rules and rules.needs_call_consent(person.status) and not _call_consent(person):
        return "the country's law asks for a consent to calls, and none is on record"
    return None


def _call_consent(person: Person) -> bool:
    consents = person.consents_to(Channel.CALL)
    if person.status.is_refusal:
        return any(c.is_newer_than(person.deciding.status_since) for c in consents)
    return bool(consents)


def is_status_without_email_consent(status: EmailStatus) -> bool:
    """Status 5 and the refusals: nobody may assume that a call is welcome."""
    return status.number == 5 or status.is_refusal
