"""One person, one case, one message, over how many records, pages and pulls they may be spread."""

from typing import Any

import pytest

from recovery.adapters.db.suppress import suppress
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Home

OTHER_MEXICAN = "+525587654321"


def one_case(home: Home, *contacts: str) -> bool:
    return len({home.case(one)["id"] for one in contacts}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5215512345678", "+525512345678"),
        ("+5491123456789", "+541123456789"),
        ("+5511987654321", "+551187654321"),
    ],
)
def test_two_spellings_of_a_number_are_one_person(home: Home, one: str, other: str) -> None:
    home.next_day()  # this Monday is a holiday in Argentina
    first, second = home.contact(phones=[one]), home.contact(phones=[other])
    home.send()
    home.send()
    assert one_case(home, first, second)
    assert len(home.messages()) == 1


def test_a_person_is_recognised_over_three_records(home: Home) -> None:
    first = home.contact(email="ana@example.com", phones=[MEXICAN])
    second = home.contact(email="Ana@Example.com", phones=[BRAZILIAN])
    third = home.contact(email="otra@example.com", phones=[BRAZILIAN, COLOMBIAN])
    home.send()
    assert one_case(home, first, second, third)
    assert len(home.messages()) == 1


def test_a_record_of_a_later_pull_joins_the_case(home: Home) -> None:
    first = home.contact()
    home.send()
    home.next_day()
    second = home.contact(phones=[MEXICAN])
    home.send()
    assert one_case(home, first, second)
    assert len(home.messages()) == 1


def test_a_record_that_links_two_cases_makes_them_one(home: Home) -> None:
    first, second = home.contact(phones=[MEXICAN]), home.contact(phones=[BRAZILIAN])
    home.run("pull")
    assert not one_case(home, first, second)
    home.next_day()
    third = home.contact(phones=[MEXICAN, BRAZILIAN])
    home.send()
    assert len(home.rows("SELECT id FROM recovery_case WHERE state <> 'closed'")) == 1
    assert one_case(home, first, second, third)
    assert len(home.messages()) == 1


def test_two_cases_that_were_both_written_to_make_one_without_a_third_message(home: Home) -> None:
    first, second = home.contact(phones=[MEXICAN]), home.contact(phones=[BRAZILIAN])
    home.send()
    assert len(home.messages()) == 2
    home.next_day()
    home.change(
        first,
        fields={
            "phone_numbers": [
                {"field": "PHONE1", "number": MEXICAN},
                {"field": "PHONE2", "number": BRAZILIAN},
            ]
        },
    )
    home.run("record", "pull", "route", "reach")
    assert one_case(home, first, second)
    assert len(home.messages()) == 2


def test_what_was_sent_in_a_merged_case_counts_for_the_one_that_goes_on(home: Home) -> None:
    first = home.contact(phones=[MEXICAN], tags=[])
    second = home.contact(phones=[BRAZILIAN])
    home.send()
    assert [m["to"] for m in home.messages()] == [f"whatsapp:{BRAZILIAN}"]
    home.next_day()
    home.change(first, tags=["WhatsApp opt-in"])
    home.change(
        second, fields={"email_addresses": [{"email": "ana1@example.com", "field": "EMAIL1"}]}
    )
    home.run("record", "pull", "route", "reach")
    assert one_case(home, first, second)
    assert len(home.messages()) == 1
    assert home.step(first)["state"] in ("delivered", "read")


def test_a_new_number_of_a_member_is_the_persons_and_no_offices(home: Home) -> None:
    contact = home.contact(phones=["garbage"])
    home.run("pull")
    home.next_day()
    home.change(contact, fields={"phone_numbers": [{"field": "PHONE1", "number": MEXICAN}]})
    home.send()
    assert len(home.messages(MEXICAN)) == 1


def test_a_new_number_that_said_stop_is_silent(home: Home) -> None:
    contact = home.contact(phones=[BRAZILIAN])
    home.run("pull")
    key = home.fresh.keys.phone(canonical())
    with home.fresh.database.begin() as connection:
        suppress(connection, [key], reason="stop", source="earlier", at=home.now)
    home.next_day()
    home.change(contact, fields={"phone_numbers": [{"field": "PHONE1", "number": MEXICAN}]})
    home.send()
    assert home.messages() == []
    assert home.attempts(contact) == {}
    assert home.case(contact)["state"] == "hold"


def test_an_offices_number_is_called_and_never_written_to(home: Home) -> None:
    contacts = [home.contact(phones=[MEXICAN]) for _ in range(5)]
    home.send()
    assert len({home.case(one)["id"] for one in contacts}) == 5
    assert home.messages() == []
    calls = home.rows("SELECT DISTINCT channel FROM attempt")
    assert [row["channel"] for row in calls] == ["call"]
    days = home.rows("SELECT planned_on FROM attempt")
    assert len({row["planned_on"] for row in days}) == len(days)


def test_a_number_that_becomes_an_offices_identifies_nobody_any_more(home: Home) -> None:
    home.contact(phones=[MEXICAN])
    home.run("pull")
    home.next_day()
    for _ in range(4):
        home.contact(phones=[MEXICAN])
    home.send()
    assert home.messages() == []


def test_four_records_may_be_one_person(home: Home) -> None:
    contacts = [home.contact(phones=[MEXICAN]) for _ in range(4)]
    home.send()
    assert one_case(home, *contacts)
    assert len(home.messages()) == 1


def test_the_case_belongs_to_the_record_with_consent(home: Home) -> None:
    home.contact(tags=[])
    second = home.contact()
    home.send()
    assert home.case(second)["contact_id"] == second
    assert len(home.messages()) == 1


def test_a_refusal_on_one_record_decides_for_all(home: Home) -> None:
    hard = home.contact("HARD_BOUNCE")
    home.contact("SPAM")
    home.send()
    assert home.messages() == []
    assert home.case(hard)["goal"] == home.fresh.policy.goal(home_status("SPAM")).value


def home_status(name: str) -> Any:
    from recovery.domain.email_status import EmailStatus

    return EmailStatus(name)


def test_who_came_back_after_a_deletion_is_not_contacted(home: Home) -> None:
    key = home.fresh.keys.phone(canonical())
    with home.fresh.database.begin() as connection:
        from recovery.adapters.db.sql import add_new
        from recovery.adapters.db.tables.ops import TombstoneKeyRow

        add_new(connection, TombstoneKeyRow, [{"key": key, "contact_id": "77"}])
    home.contact(phones=[MEXICAN])
    reports = home.send()
    assert reports["pull"].skipped["was_deleted"] == 1
    assert home.rows("SELECT * FROM recovery_case") == []
    assert home.messages() == []


def canonical() -> str:
    from recovery.domain.phone import phone_from_e164

    phone = phone_from_e164(MEXICAN)
    assert phone is not None
    return phone.key


def test_a_second_run_opens_and_sends_nothing_twice(make_home: Any) -> None:
    home = make_home(contacts=250)
    home.send()
    sent = len(home.messages())
    cases = home.one("SELECT count(*) AS n FROM recovery_case")["n"]
    assert sent > 5
    home.run("record", "pull", "route", "reach", "record")
    home.restart()
    home.send()
    assert len(home.messages()) == sent
    assert home.one("SELECT count(*) AS n FROM recovery_case")["n"] == cases


def test_a_finished_person_is_not_opened_again_under_another_record(home: Home) -> None:
    first = home.contact("HARD_BOUNCE", phones=[MEXICAN])
    home.send()
    home.change(first, delete=True)
    home.next_day(7)
    home.run("record", "pull")
    assert home.case(first)["end"] == "gone"
    home.next_day(1)
    home.contact("HARD_BOUNCE", phones=[MEXICAN])
    reports = home.send()
    assert reports["pull"].skipped["finished_before"] == 1
    assert len(home.messages()) == 1


def test_who_heals_on_one_record_leaves_the_other_a_case_of_its_own(home: Home) -> None:
    first, second = home.contact(phones=[MEXICAN]), home.contact(phones=[MEXICAN])
    home.run("pull", "route")
    home.change(first, status="CONFIRMED")
    home.next_day()
    home.send()
    assert home.case(first)["end"] == "healed"
    case = home.case(second)
    assert (case["contact_id"], case["state"]) == (second, "proposed")
    assert home.messages() == []


def test_consent_does_not_put_a_never_opted_in_record_before_one_that_bounced(home: Home) -> None:
    agreed = home.contact("NON_MARKETABLE")
    bounced = home.contact("HARD_BOUNCE", tags=[])
    home.run("pull")
    assert one_case(home, agreed, bounced)
    assert home.case(agreed)["contact_id"] == bounced


def test_nor_when_it_joins_later(home: Home) -> None:
    agreed = home.contact("NON_MARKETABLE", phones=[MEXICAN])
    bounced = home.contact("HARD_BOUNCE", phones=[BRAZILIAN], tags=[])
    home.run("pull")
    home.next_day()
    home.contact("HARD_BOUNCE", phones=[MEXICAN, BRAZILIAN], tags=[])
    home.run("pull")
    assert one_case(home, agreed, bounced)
    assert home.case(agreed)["contact_id"] == bounced
