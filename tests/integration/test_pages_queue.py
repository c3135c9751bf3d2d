"""The rep's pages without a browser: every form works without a script."""

import re
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from recovery.errors import Call, TemporaryFailure
from recovery.services.ports import Order
from recovery.services.reps.value import PATIENCE
from recovery.services.users.service import Users
from recovery.services.users.user import Profile, Role
from recovery.web.pages.queue_view import sign_of
from recovery.web.pulse import Pulse
from tests.databases import Template
from tests.queue_world import MADRID, Floor
from tests.web_world import Browser, Page, WebWorld, web_world


@pytest.fixture
def web(tmp_path: Path, migrated: Template):
    with web_world(tmp_path, migrated) as made:
        yield made


@pytest.fixture
def floor(web: WebWorld) -> Floor:
    return Floor(web.recovery.database, now=web.now)


def _people(web: WebWorld, floor: Floor, count: int = 3, **more) -> list[int]:
    ids = floor.people(count, **more)
    web.recovery.reps.queue.refresh()
    return ids


def _rep(web: WebWorld, name: str = "rep", language: str = "en") -> Browser:
    return web.sign_in(web.person(Role.REP, name, language), address=f"203.0.113.{len(name)}")


def _rows(web: WebWorld, query: str) -> list[tuple]:
    with web.recovery.database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def _case_of(page: Page) -> int:
    found = re.search(r"/queue/(\d+)", page.to)
    assert found, page.to
    return int(found[1])


def test_a_rep_begins_at_the_queue_with_its_counts(web, floor):
    _people(web, floor, 3)
    _people(web, floor, 2, zone=MADRID, due=web.now - web.now)
    rep = _rep(web)
    assert rep.get("/").to == "/queue"
    page = rep.get("/queue")
    assert "Now 3" in page.text or "Now 5" in page.text
    assert "Ana1 Prado" in page.text
    assert "Mexico City" in page.text


def test_the_card_says_what_they_bought_without_waiting_for_keap(web, floor):
    (case,) = _people(web, floor, 1)
    card_is_there = Event()
    answer = web.keap.orders_of

    def slowly(contact: str) -> tuple[Order, ...]:
        card_is_there.wait(PATIENCE / 2)  # whoever waits for Keap sees the answer
        return answer(contact)

    web.keap.orders_of = slowly
    web.keap.orders[str(case)] = [
        Order(web.now - timedelta(days=40), "$ 90.00"),
        Order(web.now - timedelta(days=400), "$ 10.00"),
    ]
    rep = _rep(web)
    asks = f'data-later="/queue/{case}/bought"'
    first = rep.get(f"/queue/{case}")
    assert asks in first.html
    assert "2 orders" not in first.text
    card_is_there.set()
    piece = rep.get(f"/queue/{case}/bought")
    assert "2 orders · last Oct 14, 2026 ($ 90.00)" in piece.text
    again = rep.get(f"/queue/{case}")
    assert "2 orders" in again.text
    assert asks not in again.html, "asked once a day"


def test_where_keap_says_nothing_the_card_is_whole_all_the_same(web, floor):
    (case,) = _people(web, floor, 1)

    def away(_contact: str) -> tuple[Order, ...]:
        raise TemporaryFailure(Call("keap", "list orders"))

    web.keap.orders_of = away
    rep = _rep(web)
    assert rep.get(f"/queue/{case}").status == 200
    assert "Keap did not say" in rep.get(f"/queue/{case}/bought").text


def test_colleagues_go_by_their_names(web, floor):
    (case,) = _people(web, floor, 1)
    ana, luis = _rep(web, "ana"), _rep(web, "luis")
    web.recovery.users.change("ana@example.com", Profile("Ana Prado", "en"), region=None)
    ana.send("/queue/claim", case=case)
    ana.send(f"/queue/{case}/note", text="prefers mornings")
    page = luis.get(f"/queue/{case}")
    assert "Ana Prado works with this person now" in page.text
    assert "ana@example.com" not in page.text


def test_a_card_reads_the_team_once(web, floor, monkeypatch):
    (case,) = _people(web, floor, 1)
    rep = _rep(web)
    read = []
    whole = Users.list
    monkeypatch.setattr(Users, "list", lambda users: read.append(1) or whole(users))
    rep.get(f"/queue/{case}")
    assert len(read) == 1


def test_an_empty_lane_says_when_there_will_be_somebody(web, floor):
    web.move(hours=-8)  # two in the night in Mexico
    floor.move(hours=-8)
    _people(web, floor, 4)
    page = _rep(web).get("/queue?lane=now")
    assert "Nothing callable now" in page.text
    assert re.search(r"4 people open at 9:00\sAM Mexico City", page.text)


def test_the_lane_of_replies_says_how_long_each_waits(web, floor):
    (case_id,) = floor.people(1, state="engaged")
    asked_at = web.now - timedelta(hours=3)
    floor.reply(case_id, body="¿?", kind="other", received_at=asked_at, handled_at=asked_at)
    web.recovery.reps.queue.refresh()
    rep = _rep(web)
    page = rep.get("/queue?lane=replies")
    assert "Waiting since" in page.text
    assert "3 hours ago" in page.text
    assert "3 hours ago" in rep.get(f"/queue/{case_id}?lane=replies").text


def test_a_filter_shows_whom_it_leaves_and_keeps_them_on_the_way(web, floor):
    _people(web, floor, 2)
    _people(web, floor, 1, language="pt")
    rep = _rep(web)
    page = rep.get("/queue?lane=now&language=pt")
    assert "Ana3 Prado" in page.text
    assert "Ana1 Prado" not in page.text
    assert rep.send("/queue/next?language=pt").to == "/queue/3?language=pt"


def test_two_reps_get_two_people_and_each_is_told_who_holds_whom(web, floor):
    _people(web, floor, 2)
    ana, luis = _rep(web, "ana"), _rep(web, "luis4")
    first, second = _case_of(ana.send("/queue/next")), _case_of(luis.send("/queue/next"))
    assert first != second
    page = luis.get(f"/queue/{first}")
    assert "ana@example.com works with this person now." in page.text
    assert f"/queue/{first}/say" not in page.html
    refused = luis.send(f"/queue/{first}/note", text="mine")
    assert "somebody else is working with this person" in luis.follow(refused).text


def test_a_word_on_a_call_brings_the_next_person_and_can_be_taken_back(web, floor):
    _people(web, floor, 2)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    following = rep.send(f"/queue/{first}/say", code="no_answer", note="rang long")
    assert _case_of(following) != first
    page = rep.follow(following)
    assert "Said: No answer" in page.text
    assert 'data-left="30"' in page.html
    said = re.search(r'name="said" value="(\d+)"', page.html)
    assert said
    back = rep.send("/queue/undo", said=said[1])
    assert _case_of(back) == first
    assert "Undone." in rep.follow(back).text


def test_a_wrong_word_is_put_right_later_with_a_reason(web, floor):
    _people(web, floor, 1)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    rep.send(f"/queue/{first}/say", code="no_answer")
    web.move(seconds=31)
    web.recovery.reps.dispositions.apply_due()
    page = rep.get(f"/queue/{first}")
    (said,) = re.findall(r'name="corrects" value="(\d+)"', page.html)
    refused = rep.send(f"/queue/{first}/say", code="voicemail", corrects=said)
    assert "say why it was wrong" in rep.follow(refused).text
    done = rep.send(f"/queue/{first}/say", code="voicemail", corrects=said, reason="slipped")
    assert "Said: Voicemail" in rep.follow(done).text


def test_undoing_too_late_is_refused_and_changes_nothing(web, floor):
    _people(web, floor, 1)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    rep.send(f"/queue/{first}/say", code="no_answer")
    ((said,),) = _rows(web, "SELECT id FROM disposition")
    web.move(seconds=31)
    page = rep.follow(rep.send("/queue/undo", said=said))
    assert "it is too late to undo this" in page.text
    assert _rows(web, "SELECT state FROM disposition") == [("pending",)]


def test_a_rep_who_still_writes_stays_on_the_card(web, floor):
    first, _ = _people(web, floor, 2)
    rep = _rep(web)
    rep.send("/queue/claim", case=first)
    answer = rep.send(f"/queue/{first}/say", headers={"x-stay": "1"}, code="voicemail")
    assert _case_of(answer) == first


def test_a_disposition_without_what_it_needs_is_refused(web, floor):
    _people(web, floor, 1)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    page = rep.follow(rep.send(f"/queue/{first}/say", code="callback"))
    assert "choose when to call again" in page.text
    page = rep.follow(rep.send(f"/queue/{first}/say", code="new_email", email="nobody"))
    assert "this is no e-mail address" in page.text
    assert _rows(web, "SELECT id FROM disposition") == []


def test_a_callback_is_agreed_by_the_clock_of_the_person(web, floor):
    _people(web, floor, 1)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    fields = {"local": "2026-11-25T15:30", "zone": "America/Mexico_City"}
    rep.send(f"/queue/{first}/say", code="callback", **fields)
    ((said,),) = _rows(web, "SELECT CAST(said AS text) FROM disposition")
    assert "2026-11-25T21:30:00+00:00" in said


def test_a_skip_keeps_its_reason_and_puts_the_person_off(web, floor):
    _people(web, floor, 1)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    refused = rep.send(f"/queue/{first}/skip", reason="other")
    assert "say why: the next rep reads it" in rep.follow(refused).text
    gone = rep.send(f"/queue/{first}/skip", reason="other", words_said="on holiday")
    assert gone.to == "/queue"
    assert "on holiday" in rep.get(f"/queue/{first}").text


def test_a_note_stands_in_the_history_and_on_top(web, floor):
    _people(web, floor, 1)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    rep.send(f"/queue/{first}/note", text="ask for <b>Pedro</b>")
    page = rep.get(f"/queue/{first}")
    assert page.text.count("ask for <b>Pedro</b>") == 2
    assert "<b>Pedro" not in page.html


def test_help_with_an_address_tells_what_was_meant(web, floor):
    _people(web, floor, 1)
    rep = _rep(web, language="es")
    answer = rep.send("/queue/1/email/look", email="Ana@Gmial.com").answer.json()
    assert answer["meant"] == "ana@gmail.com"
    assert answer["said"] == "¿Quiso decir ana@gmail.com?"
    assert rep.send("/queue/1/email/look", email="ana@").answer.json()["doubt"]


def test_people_are_found_by_name_number_and_address_and_none_is_in_an_address(web, floor):
    _people(web, floor, 3)
    rep = _rep(web)
    for text in ("ána2", "prado ana2", "2"):
        page = rep.send("/queue/find", text=text)
        assert page.status == 200
        assert "Ana2 Prado" in page.text, text
    assert "Nobody is called so" in rep.send("/queue/find", text="Zoe").text
    addresses = re.findall(r'(?:href|action)="([^"]*)"', rep.get("/queue?owner=all").html)
    assert not [one for one in addresses if "@" in one or "%40" in one]


def test_a_manager_gives_people_to_a_rep_and_takes_them_back(web, floor):
    first, second, _ = _people(web, floor, 3)
    rep, boss = _rep(web, "ana"), web.sign_in(web.person(Role.MANAGER, "boss"))
    boss.get("/queue?lane=now")
    to = sign_of("ana@example.com")
    page = boss.follow(boss.send("/queue/assign", to=to, case=[first, second]))
    assert "Changed hands: 2." in page.text
    assert sorted(_rows(web, "SELECT case_id FROM queue_item WHERE owner = 'ana@example.com'")) == [
        (first,),
        (second,),
    ]
    boss.send("/queue/assign?lane=now", to="back", whole="1")
    assert _rows(web, "SELECT case_id FROM queue_item WHERE owner <> ''") == []
    assert rep.send("/queue/assign", to=to, case=[first]).status == 403


def test_what_changed_is_told_by_number_of_case_and_never_what(web, floor):
    (first,) = _people(web, floor, 1)
    rep = _rep(web)
    # Each time it is asked, another second has gone by.
    fast = Pulse(web.recovery.database, monotonic=count(step=2.0).__next__)
    web.app.state.site.__dict__["pulse"] = fast
    heard = rep.get("/events").answer.json()
    assert heard["cases"] == []
    rep.send("/queue/claim", case=first)
    rep.send(f"/queue/{first}/note", text="a secret")
    told = rep.get(f"/events?heard={heard['number']}").answer
    assert told.json()["cases"] == [first]
    assert told.json()["lanes"] is True
    assert "secret" not in told.text
    part = rep.get(f"/queue/{first}/news")
    assert "a secret" in part.text
    assert "<html" not in part.html


def test_a_stream_ends_when_the_server_stops(web, floor):
    rep = _rep(web)
    web.app.state.site.pulse.close()
    answer = rep.get("/events", accept="text/event-stream").answer
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("id: ")


def test_a_piece_of_a_page_does_not_swallow_what_is_to_be_told(web, floor):
    (first,) = _people(web, floor, 1)
    rep = _rep(web)
    rep.send("/queue/claim", case=first)
    rep.send(f"/queue/{first}/note", text="hello")
    rep.get("/queue/lanes")
    rep.get(f"/queue/{first}/news")
    assert "Noted." in rep.get(f"/queue/{first}").text


def test_pages_speak_the_language_of_the_rep(web, floor):
    _people(web, floor, 1)
    for name, language, words in (("ana", "es", "Qué decir"), ("bia4", "pt", "O que dizer")):
        page = _rep(web, name, language).get("/queue/1")
        assert words in page.text


def test_nobody_is_called_where_calls_cannot_be_placed_and_the_rep_is_told(web, floor):
    _people(web, floor, 1)
    rep = _rep(web)
    first = _case_of(rep.send("/queue/next"))
    assert "Dial +52" in rep.get(f"/queue/{first}").text
    page = rep.follow(rep.send(f"/queue/{first}/call"))
    assert page.status == 200
    assert "toast sorry" in page.html


def test_a_case_nobody_knows_leads_back_to_the_queue(web, floor):
    rep = _rep(web)
    page = rep.get("/queue/999")
    assert page.to == "/queue"
    assert "this case is not known any more" in rep.follow(page).text
    assert rep.get("/queue/999/news").status == 409
