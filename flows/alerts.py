"""Tells Prefect what needs a person: an event each, once a day while it lasts; automations.yaml
makes notifications of them."""

import re

from prefect.events import emit_event

from recovery.bootstrap import Recovery
from recovery.services.attention import Concern


def tell(recovery: Recovery) -> None:
    """Emits an event for each concern that nobody was told of today."""
    fresh = recovery.attention.news()
    for concern in fresh:
        _emit(concern, recovery.settings.account)
    if fresh:
        recovery.attention.told(fresh)


def _emit(concern: Concern, account: str) -> None:
    emit_event(
        event=f"recovery.{concern.kind.value}",
        resource={
            "prefect.resource.id": f"recovery.account.{_slug(account)}",
            "prefect.resource.name": account,
        },
        payload={"account": account, "found": concern.found, "mend": concern.mend},
    )


def _slug(account: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", account.lower()).strip("-") or "recovery"
