"""Who may be reached on which channel: consent, country and number, each with its reason."""

from recovery.domain.case import Channel
from recovery.domain.country import CountryRules
from recovery.domain.person import Basis, Consent, Number, Person, usable
from recovery.domain.policy import Policy, WhatsAppRule
from recovery.domain.texts import may_reach


def whatsapp_number(person: Person, *, category: str | None = None) -> Number | None:
    """The number that a template of this category goes to, if any takes WhatsApp."""
    numbers = _whatsapp_numbers(person)
    return next((n for n in numbers if may_reach(n.phone.region, category)), None)


def _whatsapp_numbers(person: Person) -> list[Number]:
    if person.is_of_an_office:
        return []
    return [n for n in usable(person.numbers) if n.takes_whatsapp and n.zones]


def call_numbers(person: Person) -> tuple[Number, ...]:
    """All numbers that can be called, whatever the law says, in the order to try them."""
    return tuple(n for n in usable(person.numbers) if n.takes_calls and n.zones)


def call_number(person: Person) -> Number | None:
    """The first number that can be called."""
    return next(iter(call_numbers(person)), None)


def why_no_whatsapp(person: Person, policy: Policy, *, category: str | None = None) -> str | None:
    """Why this person gets no template of this category; None where the policy's rule is met."""
    rule = policy.rule(person.status).whatsapp
    if rule is WhatsAppRule.NEVER:
        return "the policy allows no WhatsApp in this status"
    if Channel.WHATSAPP in person.suppressed:
        return "the person does not want to be written to"
    if not policy.consent.is_set:
        return "the policy has no consent rule"
    if not has_consent(person, policy):
        newer = " newer than the opting out" if rule is WhatsAppRule.OWN_CONSENT else ""
        return f"no consent to WhatsApp{newer} is on record"
    if person.status.is_refusal and person.asked_once:
        return "who opted out is asked once, and an earlier case did"
    if person.is_of_an_office:
        return "a number or an address of theirs is an office's: such people are called only"
    if whatsapp_number(person, category=category):
        return None
    if _whatsapp_numbers(person):
        return "WhatsApp delivers no marketing templates to this country"
    return "no number of theirs takes WhatsApp"


def has_consent(person: Person, policy: Policy) -> bool:
    """The policy's consent rule is proved on the case's own contact."""
    rule = policy.rule(person.status).whatsapp
    consents = [c for c in person.consents_to(Channel.WHATSAPP) if _counts(c, policy)]
    if rule is WhatsAppRule.OWN_CONSENT:
        return any(c.is_newer_than(person.deciding.status_since) for c in consents)
    return rule is WhatsAppRule.CONSENT and bool(consents)


def _counts(consent: Consent, policy: Policy) -> bool:
    return policy.consent.inbound or consent.basis is not Basis.INBOUND


def why_no_call(person: Person, rules: CountryRules | None) -> str | None:
    """Why this person gets no call on a number of the country with these rules, in words."""
    why = why_no_agreed_call(person)
    if why is None and rules and rules.needs_call_consent(person.status):
        return None if _call_consent(person) else _LAW
    return why


def why_no_agreed_call(person: Person) -> str | None:
    """Why not even a call that the person asked for can be made; asking is consent enough."""
    if Channel.CALL in person.suppressed:
        return "the person does not want to be called"
    if call_number(person) is None:
        return "there is no usable number"
    return None


_LAW = "the country's law asks for a consent to calls, and none is on record"


def _call_consent(person: Person) -> bool:
    consents = person.consents_to(Channel.CALL)
    if person.status.is_refusal:
        return any(c.is_newer_than(person.deciding.status_since) for c in consents)
    return bool(consents)
