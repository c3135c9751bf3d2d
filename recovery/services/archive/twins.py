"""Whose twin can be reached by e-mail now, as Keap says of all addresses of the twin."""

from collections.abc import Mapping, Sequence

from recovery.domain.contact import ContactId
from recovery.services.ports import Crm

Twins = Mapping[ContactId, frozenset[ContactId]]


def who_has_a_twin(crm: Crm, twins: Twins) -> frozenset[ContactId]:
    """Who of these shares a phone or an address with somebody whose e-mail works; one call of
    Keap for a thousand twins, none where nobody has any."""
    others = sorted(frozenset().union(*twins.values()))
    works = _deliverable(crm, others)
    return frozenset(contact for contact, found in twins.items() if found & works)


def _deliverable(crm: Crm, contact_ids: Sequence[ContactId]) -> frozenset[ContactId]:
    works: set[ContactId] = set()
    for start in range(0, len(contact_ids), 1000):
        for contact in crm.contacts_by_id(contact_ids[start : start + 1000]):
            if any(a.status and a.status.is_deliverable for a in contact.emails):
                works.add(contact.id)
    return frozenset(works)
