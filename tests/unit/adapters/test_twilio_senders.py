"""Which of our numbers writes to whom, and how it stands with Meta."""

import pytest

from recovery.adapters.twilio.health import daily_limit, sender_health
from recovery.adapters.twilio.senders import parse_senders
from recovery.errors import ConfigurationError

BY_COUNTRY = "BR=+5511999990000, mx=whatsapp:+52 1 55 1234 5678 ,*=+14155238886"


@pytest.mark.parametrize(
    ("number", "sender"),
    [
        ("+5521987654321", "+5511999990000"),
        ("+552187654321", "+5511999990000"),  # an old form of a Brazilian mobile
        ("+525512345678", "+5215512345678"),
        ("+5215512345678", "+5215512345678"),  # WhatsApp's own form of a Mexican mobile
        ("+34612345678", "+14155238886"),
        ("nonsense", "+14155238886"),
    ],
)
def test_each_country_is_written_to_by_its_own_number(number: str, sender: str) -> None:
    assert parse_senders(BY_COUNTRY).for_number(number) == sender


def test_a_single_number_writes_to_everybody() -> None:
    senders = parse_senders("+1 (415) 523-8886")
    assert senders.for_number("+34612345678") == "+14155238886"
    assert senders.numbers == ("+14155238886",)


def test_without_a_sender_for_the_country_there_is_none() -> None:
    assert parse_senders("BR=+5511999990000").for_number("+34612345678") is None
    assert parse_senders(None).for_number("+34612345678") is None
    assert parse_senders("").numbers == ()


@pytest.mark.parametrize(
    "text", ["4155238886", "BR=", "Brazil=+5511999990000", "+1415,+1416", "BR=+55119,=+1", "x"]
)
def test_what_cannot_be_read_names_the_variable(text: str) -> None:
    with pytest.raises(ConfigurationError, match="RECOVERY_TWILIO__VOICE_FROM: "):
        parse_senders(text, variable="RECOVERY_TWILIO__VOICE_FROM")


def test_a_country_named_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="BR is named twice"):
        parse_senders("BR=+5511999990000,br=+5511999990001")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("250 Customers/24hr", 250),
        ("2,000 Customers/24hr", 2_000),
        ("2K Customers/24hr", 2_000),
        ("10K Customers/24hr", 10_000),
        ("TIER_100K", 100_000),
        ("1.5M per day", 1_500_000),
        ("Unlimited", None),
        ("", None),
        (None, None),
    ],
)
def test_metas_words_become_a_number_of_people(text: str | None, people: int | None) -> None:
    assert daily_limit(text) == people


def test_a_sender_without_properties_is_read_all_the_same() -> None:
    health = sender_health({"sender_id": "whatsapp:+14155238886", "properties": None})
    assert (health.sender, health.quality, health.daily_limit) == ("+14155238886", "", None)
