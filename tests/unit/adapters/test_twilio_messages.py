"""Forms and rows of messages, without a wire."""

from datetime import UTC, datetime

import pytest

from recovery.adapters.twilio.addresses import moment, plain, whatsapp
from recovery.adapters.twilio.messages import form, provider_message
from recovery.services.ports import OutboundMessage

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_no_callback_is_asked_for_where_nobody_can_reach_us() -> None:
    fields = form(
        OutboundMessage(to="+34612345678", token="t", sender="+1415", body="x"),
        public_url=None,
        messaging_service=None,
    )
    assert fields == {"To": "whatsapp:+34612345678", "From": "whatsapp:+1415", "Body": "x"}


@pytest.mark.parametrize(("asked", "sent"), [(0, 1), (-5, 1), (600, 600), (90_000, 36_000)])
def test_the_validity_stays_within_what_twilio_takes(asked: int, sent: int) -> None:
    message = OutboundMessage(to="+1", token="t", sender="+2", body="x", valid_for=asked)
    assert form(message, public_url=None, messaging_service=None)["ValidityPeriod"] == sent


def test_a_row_of_nulls_is_still_a_message() -> None:
    message = provider_message(dict.fromkeys(["sid", "to", "body", "num_media"]), fallback_at=NOW)
    assert (message.sid, message.body, message.media, message.created_at) == ("", "", 0, NOW)


@pytest.mark.parametrize(
    "text",
    ["Tue, 24 Nov 2026 12:00:00 +0000", "Tue, 24 Nov 2026 06:00:00 -0600",
     "Tue, 24 Nov 2026 12:00:00 GMT", "2026-11-24T12:00:00Z"],
)  # fmt: skip
def test_dates_are_read_in_utc(text: str) -> None:
    assert moment(text) == datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "soon", 7, "Tue, 99 Nov 2026 12:00:00 +0000"])
def test_no_date_is_no_error(text: object) -> None:
    assert moment(text) is None


def test_addresses_lose_and_regain_their_channel() -> None:
    assert plain("whatsapp:+5215512345678") == "+5215512345678"
    assert whatsapp("whatsapp:+1") == whatsapp("+1") == "whatsapp:+1"
