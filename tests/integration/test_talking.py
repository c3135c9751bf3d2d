"""The web app hears people at once and answers them within seconds, each answer once."""

import time
from collections.abc import Callable, Iterator

import pytest

from recovery.errors import Call, TemporaryFailure
from recovery.services.record.answers import ANSWERS
from tests.installation import BRAZILIAN, MEXICAN, Crash, Home
from tests.web_server import eventually, free_address, serving


@pytest.fixture
def home(make_home: Callable[..., Home]) -> Iterator[Home]:
    """A home whose webhooks arrive."""
    home = make_home(public_url=free_address())
    with serving(home):
        yield home


def reached(home: Home, **more: object) -> str:
    contact = home.contact(**more)  # type: ignore[arg-type]
    home.send()
    home.move(minutes=2)
    eventually(lambda: home.step(contact)["state"] in ("delivered", "read"))
    return contact


def test_a_new_address_is_asked_back_and_taken_without_any_flow(home: Home) -> None:
    contact = reached(home)
    home.says(MEXICAN, "mi correo nuevo es ana.nueva@empresa.com")
    asked = eventually(lambda: home.messages(MEXICAN)[1:])
    assert "ana.nueva@empresa.com" in asked[0]["body"]
    assert asked[0]["content_sid"], "the question has its buttons"
    home.move(minutes=1)
    home.says(MEXICAN, button="yes")
    eventually(lambda: home.case(contact)["state"] == "consented")
    eventually(lambda: len(home.messages(MEXICAN)) == 3)
    assert home.written("email", contact) == []  # what Keap is told waits for `record`
    counts = home.run("record")["record"].counts
    assert counts["replies"] == 2
    assert counts["repaired"] == 0
    assert home.run("record")["record"].counts["replies"] == 0
    assert len(home.messages(MEXICAN)) == 3


def test_a_stop_counts_within_a_second_and_ends_the_open_call(home: Home) -> None:
    contact = reached(home)
    home.next_day(4)
    home.run("record", "route", "reach")
    assert home.step(contact, "c1")["state"] == "queued"
    home.says(MEXICAN, "baja")
    began = time.monotonic()
    eventually(lambda: home.case(contact)["stopped"])
    assert time.monotonic() - began < 1.5
    assert home.step(contact, "c1")["state"] == "cancelled"


def test_a_stop_counts_while_the_provider_hangs(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recovery.adapters.twilio.client import TwilioMessenger

    contact = reached(home)
    other = reached(home, phones=[BRAZILIAN])
    hangs, asked = [True], list[float]()

    def contents(_self: TwilioMessenger) -> None:
        asked.append(time.monotonic())
        while hangs:
            time.sleep(0.01)
        raise TemporaryFailure(Call("Twilio", "list contents", 504))

    monkeypatch.setattr(TwilioMessenger, "contents", contents)
    home.move(minutes=11)  # what is known of the contents is old
    home.says(BRAZILIAN, "meu novo e-mail é ana.nova@empresa.com")
    eventually(lambda: asked)
    home.says(MEXICAN, "STOP")
    eventually(lambda: home.case(contact)["stopped"], within=2)
    hangs.clear()
    eventually(lambda: home.case(other)["state"] == "confirming")


def test_an_answer_is_given_once_whoever_else_is_at_it(home: Home) -> None:
    for n in range(8):
        home.contact(phones=[f"+5255{21_000_000 + n}"])
    home.send()
    home.move(minutes=2)
    for n in range(8):
        home.says(f"+5255{21_000_000 + n}", f"es ana{n}.nueva@empresa.com")
    for _ in range(3):
        home.run("record")
    eventually(lambda: len(home.messages()) >= 16)
    home.move(minutes=2)
    home.run("record")
    assert len(home.messages()) == 16
    answered = home.rows("SELECT state, count(*) AS n FROM attempt WHERE step LIKE 's%' GROUP BY 1")
    assert sum(row["n"] for row in answered) == 8


def test_an_answer_cut_off_on_its_way_is_settled_and_never_repeated(
    make_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    from recovery.adapters.db.record.answers import SqlAnswerStore

    home = make_home()
    contact = home.contact()
    home.send()
    home.move(minutes=2)
    home.run("record")
    home.says(MEXICAN, "es ana.nueva@empresa.com")
    home.move(minutes=1)

    def die(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(SqlAnswerStore, "settle", die)
        with pytest.raises(Crash):
            home.run("record")
    assert len(home.messages(MEXICAN)) == 2
    home.restart()
    home.move(minutes=3)
    home.run("record")
    home.move(minutes=3)
    home.run("record")
    assert len(home.messages(MEXICAN)) == 2
    (answer,) = [step for name, step in home.attempts(contact).items() if name.startswith("s")]
    assert answer["sid"] == home.messages(MEXICAN)[1]["sid"]


def test_somebody_who_writes_before_our_send_is_recorded_is_heard(
    make_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    from recovery.adapters.db.reach.store import SqlReachStore

    home = make_home()
    contact = home.contact()
    home.run("pull", "route")
    settle = SqlReachStore.settle

    def late(store: SqlReachStore, *given: object, **more: object) -> None:
        assert home.step(contact)["state"] == "sending"
        home.says(MEXICAN, "STOP")
        process = home.another()
        process.record.catch_up()
        settle(store, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(SqlReachStore, "settle", late)
    home.run("reach")
    assert home.case(contact)["stopped"]
    assert home.step(contact)["state"] == "accepted"
    for _ in range(6):
        home.next_day()
        home.run("record", "pull", "route", "reach", "record")
    assert len(home.messages()) == 1
    assert {step["channel"] for step in home.attempts(contact).values()} == {"whatsapp"}


def test_answers_wait_for_whoever_holds_their_lease(home: Home) -> None:
    reached(home)
    with home.fresh.leases.hold(ANSWERS):
        home.says(MEXICAN, "es ana.nueva@empresa.com")
        eventually(lambda: home.fresh.answering._answers.has_answers())
        assert home.fresh.answering.answer() == 0
        assert len(home.messages(MEXICAN)) == 1
    home.fresh.answering.answer()
    eventually(lambda: len(home.messages(MEXICAN)) == 2)
