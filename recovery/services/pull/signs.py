"""Where the policy's consent rule looks, in the ids of this Keap account."""

from collections.abc import Iterable, Mapping

from recovery.domain.policy import Policy
from recovery.services.ports import Crm
from recovery.services.pull.reading import ConsentSigns


def consent_signs(crm: Crm, policy: Policy) -> ConsentSigns:
    """Asks Keap for the ids of tags, and of the custom field where the rule names one."""
    rule = policy.consent
    tags = crm.tag_names()
    return ConsentSigns(
        whatsapp_tags=_named(tags, rule.tags),
        call_tags=_named(tags, rule.call_tags),
        field_id=_field(crm, rule.field) if rule.field else None,
        values=frozenset(value.strip().lower() for value in rule.values),
        protected_tags=frozenset(_named(tags, policy.protected_tags)),
    )


def _field(crm: Crm, name: str) -> str | None:
    wanted = name.strip().lower()
    for one in crm.model().get("custom_fields") or []:
        names = {str(one.get(key, "")).strip().lower() for key in ("label", "field_name")}
        if wanted in names:
            return str(one.get("id"))
    return None


def _named(tags: Mapping[str, str], wanted: Iterable[str]) -> dict[str, str]:
    """The tags of these names, whatever their case."""
    plain = {name.strip().casefold() for name in wanted}
    return {tag: name for tag, name in tags.items() if name.strip().casefold() in plain}
