"""Cases that wait for a person of the team are listed, and end by their word."""

import pytest

from recovery.adapters.db.queries.report import report
from recovery.domain.case import Disposition
from recovery.errors import Refusal
from recovery.services.record.by_person import CallResult
from tests.installation import Home

REP = "rep@firm.example"


def missed(home: Home) -> str:
    """A call was agreed on, and nobody answered it."""
    contact = home.contact(tags=[])
    home.send()
    at = home.now.replace(hour=22)
    home.fresh.by_person.dispose(CallResult(contact, Disposition.CALLBACK, REP, at=at))
    home.run("route", "reach")
    assert needs_person(home) == []
    home.fresh.by_person.dispose(CallResult(contact, Disposition.NO_ANSWER, REP))
    home.run("route", "reach")
    return contact


def needs_person(home: Home) -> list[tuple[str, str]]:
    found = report(home.fresh.database, now=home.now).needs_person
    return [(one.contact_id, one.reason) for one in found]


def test_an_agreed_call_that_was_missed_is_for_a_person_with_its_reason(home: Home) -> None:
    contact = missed(home)
    assert needs_person(home) == [(contact, "call no answer")]


def test_a_person_closes_it_and_the_history_says_who_and_why(home: Home) -> None:
    contact = missed(home)
    home.fresh.by_person.close_case(contact, reason="moved away", actor=REP)
    assert home.case(contact)["end"] == "by_person"
    query = "SELECT actor, detail FROM outcome WHERE kind = 'decided_by_person'"
    row = home.one(query)
    assert (row["actor"], "moved away" in row["detail"]) == (REP, True)
    assert needs_person(home) == []
    with pytest.raises(Refusal, match="no open case"):
        home.fresh.by_person.close_case(contact, reason="again", actor=REP)


def test_a_person_gives_it_back_once(home: Home) -> None:
    contact = missed(home)
    home.fresh.by_person.resume_case(contact, actor=REP)
    assert (home.case(contact)["state"], needs_person(home)) == ("open", [])
    with pytest.raises(Refusal, match="nothing to resume"):
        home.fresh.by_person.resume_case(contact, actor=REP)


def test_what_a_list_leaves_out_is_counted(home: Home) -> None:
    contact = missed(home)
    found = report(home.fresh.database, now=home.now, doubts=0)
    assert (found.needs_person, found.needs_person_all) == ((), 1)
    found = report(home.fresh.database, now=home.now)
    assert [one.contact_id for one in found.needs_person] == [contact]


def test_a_relationship_that_goes_on_is_an_end_with_its_own_tag_and_note(home: Home) -> None:
    contact = missed(home)
    home.fresh.by_person.close_case(contact, reason="compra por WhatsApp", actor=REP, in_touch=True)
    home.run("record")
    assert home.case(contact)["end"] == "relationship"
    assert home.fresh.policy.tags.relationship in home.tags(contact)
    (note,) = home.shown(contact)["notes"]
    assert "SEGUIMOS EN CONTACTO" in note["text"]
    assert "compra por WhatsApp" in note["text"]
    home.next_day(40)
    home.run("pull", "route", "reach", "record")
    assert home.case(contact)["end"] == "relationship"


@pytest.mark.parametrize(("counts", "shown"), [(False, (0, 1)), (True, (1, 0))])
def test_the_policy_says_whether_a_relationship_counts_as_recovered(
    home: Home, counts: bool, shown: tuple[int, int]
) -> None:
    contact = missed(home)
    home.fresh.by_person.close_case(contact, reason="compra por WhatsApp", actor=REP, in_touch=True)
    (row,) = report(home.fresh.database, now=home.now, relationship_counts=counts).funnel
    assert (row.recovered, row.relationship) == shown
