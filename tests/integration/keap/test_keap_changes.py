"""What depends on what stands in Keap is read before each try: people are at work there too."""

import pytest

from recovery.adapters.keap import wire
from recovery.adapters.keap.pacer import Pacer
from recovery.domain.email_status import EmailStatus
from recovery.domain.note import Note
from recovery.errors import HeldUp, TemporaryFailure
from tests.keap_double import ANA, NOW, Says
from tests.stopped_clock import Uptime

REFUSALS = [Says(500), Says(503), Says(429, {"code": "429"}), Says(manner="reset")]
refused = pytest.mark.parametrize("refusal", REFUSALS, ids=["500", "503", "429", "reset"])


def holding(*emails):
    fields = [{"email": email, "field": f"EMAIL{n}"} for n, email in enumerate(emails, start=1)]
    return Says(200, {"id": "7", "email_addresses": fields})


def promote(client):
    return client.set_primary_email(
        ANA, "new@example.com", instead_of="dead@example.com", reason="by WhatsApp"
    )


@refused
def test_what_a_person_added_between_two_tries_is_kept(keap, client, refusal):
    keap.say(holding("dead@example.com"), refusal)
    keap.always = lambda _: holding("dead@example.com", "two@example.com")
    promote(client)
    assert [asked.method for asked in keap.asked] == ["GET", "PATCH", "GET", "PATCH", "GET"]
    assert keap.asked[3].body["email_addresses"][1:] == [
        {"email": "two@example.com", "field": "EMAIL2"}
    ]


@refused
def test_an_address_that_a_person_corrected_between_two_tries_stays(keap, client, refusal):
    keap.say(holding("dead@example.com"), refusal)
    keap.always = lambda _: holding("right@example.com")
    assert promote(client) is None
    assert [asked.method for asked in keap.asked] == ["GET", "PATCH", "GET"]


@refused
def test_what_a_person_wrote_into_a_task_between_two_tries_stays(keap, client, refusal):
    def task(description):
        return Says(200, {"tasks": [{"id": "3", "description": description}], "id": "3"})

    keap.say(task("Call +52 1"), refusal)
    keap.always = lambda _: task("Call +52 1\nHer sister answers.")
    client.redate_task("3", NOW, instead=("+52 1", "+52 2"))
    assert keap.asked[-1].method == "PATCH"
    assert keap.asked[-1].body["description"] == "Call +52 2\nHer sister answers."


@refused
def test_what_a_person_wrote_into_a_note_between_two_tries_stays(keap, client, refusal):
    def note(text, changed):
        times = {"create_time": "2026-11-20T10:00:00Z", "update_time": changed}
        return Says(200, {"notes": [{"id": "4", "title": "[rec:1] t", "text": text, **times}]})

    def rewrite(stood):
        return Note(stood.title, "New." if stood.is_untouched else f"New.\n\n{stood.text}")

    keap.say(note("Old.", "2026-11-20T10:00:00Z"), refusal)
    keap.always = lambda _: note("Old. Her sister answers.", "2026-11-23T09:00:00Z")
    client.change_note(ANA, "4", user_id="1", rewrite=rewrite)
    assert keap.asked[-1].method == "PATCH"
    assert keap.asked[-1].query == [("update_mask", "text")]
    assert keap.asked[-1].body == {"user_id": "1", "text": "New.\n\nOld. Her sister answers."}


@refused
def test_who_opts_out_between_two_tries_of_an_opt_in_stays_so(keap, client, refusal):
    keap.say(refusal, Says(200, {"status": "SINGLE_OPT_IN"}))
    looks = iter([True, False])
    assert client.opt_in("ana@example.com", reason="r", still=lambda: next(looks)) is None
    assert len(keap.asked) == 1
    keap.script.popleft()
    keap.say(refusal, Says(200, {"status": "SINGLE_OPT_IN"}))
    answer = client.opt_in("ana@example.com", reason="r", still=lambda: True)
    assert answer is EmailStatus.SINGLE_OPT_IN


def test_the_turn_is_waited_for_before_the_read(keap, client, monkeypatch):
    taken, take = [], Pacer.take
    monkeypatch.setattr(Pacer, "take", lambda self, name: (taken.append(name), take(self, name)))
    keap.always = lambda _: holding("dead@example.com")
    promote(client)
    assert taken == ["updateContact", "getContact", "getContact"]


def test_a_process_that_stood_still_after_the_read_writes_nothing(keap, client, monkeypatch):
    clock, send = Uptime(monkeypatch), wire.Wire._send

    def then_sleeps(self, operation, *given):
        answer = send(self, operation, *given)
        clock.jump(90)
        return answer

    monkeypatch.setattr(wire.Wire, "_send", then_sleeps)
    keap.always = lambda _: holding("dead@example.com")
    with pytest.raises(HeldUp):
        promote(client)
    assert [asked.method for asked in keap.asked] == ["GET"]


def test_six_tries_and_then_another_run(keap, client):
    keap.always = lambda asked: holding("dead@example.com") if asked.method == "GET" else Says(500)
    with pytest.raises(TemporaryFailure):
        promote(client)
    assert [asked.method for asked in keap.asked] == ["GET", "PATCH"] * 6
