"""Ends of cases and what is told of them, as the demo's weeks brought them up."""

from tests.installation import MEXICAN, Home


def test_a_case_that_closes_without_a_hold_keeps_its_reason_and_tells_it_to_keap(home: Home):
    contact = home.contact("BOUNCE", phones=())
    home.run("pull")
    home.next_day(15)
    home.send()
    case = home.case(contact)
    assert (case["state"], case["end"]) == ("closed", "unrecovered")
    assert case["rule"] == "no_route.close"
    assert "no route is left" in case["reason"]
    home.run("record")
    (note,) = home.written("note_created", contact)
    assert "no queda ningún medio permitido" in note["text"]


def test_a_contact_that_was_healed_stands_for_no_case_of_somebody_with_their_phone(home: Home):
    healed = home.contact(phones=(MEXICAN,))
    home.run("pull")
    home.change(healed, status="SINGLE_OPT_IN")
    home.next_day()
    home.run("pull")
    other = home.contact(phones=(MEXICAN,))
    home.next_day()
    home.run("pull", "route")
    assert home.case(other)["contact_id"] == other
