"""A text that WhatsApp never approves does not keep a case waiting for it."""

import pytest
import sqlalchemy as sa

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ContentRow
from recovery.adapters.twilio.client import TwilioMessenger
from tests.installation import Home

_CONTENT = table(ContentRow)


def reject(home: Home, name: str, language: str) -> None:
    """What the provider said last."""
    ours = sa.and_(_CONTENT.c.name == name, _CONTENT.c.language == language)
    with home.fresh.database.begin() as connection:
        connection.execute(_CONTENT.update().where(ours).values(status="rejected"))


def decided(home: Home, *, rejected: str = "") -> str:
    """The act that is next, nine days after the message should have left."""
    contact = home.contact()
    home.run("pull", "route")
    assert home.case(contact)["next_act"] == "message"
    assert home.fresh.template_service.approved()
    if rejected:
        reject(home, "new_email_first", rejected)
    home.next_day(9)
    home.run("route")
    return str(home.case(contact)["next_act"])


def test_after_five_working_days_calls_take_the_messages_place(home: Home) -> None:
    assert decided(home, rejected="es") == "call"


def test_an_approved_one_that_only_could_not_leave_is_still_the_next_step(home: Home) -> None:
    assert decided(home) == "message"


def test_another_languages_text_does_not_matter(home: Home) -> None:
    assert decided(home, rejected="pt") == "message"


def test_what_the_provider_does_not_have_is_remembered_as_not_approved(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TwilioMessenger, "contents", lambda _: ())
    contact = home.contact()
    home.run("pull", "route", "reach")
    home.next_day(9)
    home.run("route")
    assert home.case(contact)["next_act"] == "call"
