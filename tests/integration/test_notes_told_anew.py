"""The one note of a case tells each end of it, and keeps what people wrote into it in Keap."""

from typing import Any

import pytest

from recovery.adapters.db import cases
from recovery.adapters.db.record.outbox import SqlOutboxStore
from recovery.domain.case import CaseEnd
from tests.installation import Crash, Home
from tests.writebacks import later


def told(home: Home) -> str:
    """Somebody of whom Keap's note says that they were not recovered."""
    contact = home.contact(phones=[])
    home.run("pull", "route")
    later(home)
    return contact


def ends(home: Home, contact: str, end: CaseEnd) -> dict[str, Any]:
    """The note after the case ended so."""
    with home.fresh.database.begin() as connection:
        cases.close(connection, home.case(contact), end, home.now)
    later(home)
    return note_of(home, contact)


def note_of(home: Home, contact: str) -> dict[str, Any]:
    (note,) = home.shown(contact)["notes"]
    return dict(note)


def write_by_hand(home: Home, contact: str, **changes: str) -> None:
    home.move(minutes=1)
    path = f"/contacts/{contact}/notes/{note_of(home, contact)['id']}"
    mask = {"update_mask": list(changes)}
    home.keap("PATCH", path, params=mask, json={"user_id": "1", **changes})


def test_each_story_takes_the_place_of_the_one_before(home: Home) -> None:
    contact = told(home)
    ends(home, contact, CaseEnd.RECOVERED)
    note = ends(home, contact, CaseEnd.STOPPED)
    assert "No contactar" in note["title"]
    assert "RECUPERADO" not in note["text"]


def test_a_title_that_a_person_wrote_stays(home: Home) -> None:
    contact = told(home)
    marker = note_of(home, contact)["title"].split()[0]
    write_by_hand(home, contact, title=f"{marker} Preguntar por Rosa")
    for end in (CaseEnd.RECOVERED, CaseEnd.STOPPED):
        assert ends(home, contact, end)["title"] == f"{marker} Preguntar por Rosa"
    assert "RECUPERADO" not in note_of(home, contact)["text"]


def test_their_words_stay_below_every_further_story(home: Home) -> None:
    contact = told(home)
    ends(home, contact, CaseEnd.RECOVERED)
    theirs = f"{note_of(home, contact)['text']}\nSu hermana: vuelve en enero."
    write_by_hand(home, contact, text=theirs)
    note = ends(home, contact, CaseEnd.STOPPED)
    assert "No contactar" in note["title"]
    assert note["text"].endswith(theirs)
    assert note["text"].count("RECUPERADO el") == 1


def test_a_crash_before_it_was_noted_makes_our_story_nobody_elses(home: Home) -> None:
    contact = told(home)
    done = SqlOutboxStore.done

    def dies(self: SqlOutboxStore, entries: Any, *given: Any, **more: Any) -> None:
        if entries[0].kind == "note":
            raise Crash
        done(self, entries, *given, **more)

    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(SqlOutboxStore, "done", dies)
        with pytest.raises(Crash):
            ends(home, contact, CaseEnd.RECOVERED)
    home.restart()
    home.next_day()
    note = ends(home, contact, CaseEnd.STOPPED)
    assert "No contactar" in note["title"]
    assert "RECUPERADO" not in note["text"]
