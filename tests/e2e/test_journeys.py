"""Whole lives of cases over days, on SQLite and on PostgreSQL, judged by the sandbox's ledger."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from recovery.domain.case import Disposition
from recovery.services.record.by_person import CallResult
from tests.installation import MEXICAN, Home


def a_day(home: Home, *, hours: tuple[int, ...]) -> None:
    """A working day: everything at the first hour, then what schedules would run."""
    for hour in hours:
        home.move(home.now.replace(hour=hour, minute=0))
        stages = ("record", "pull", "route", "reach") if hour == hours[0] else ("record", "route")
        home.run(*stages, "reach", "record")


def test_ana_gives_a_new_address_and_is_recovered(make_home: Callable[..., Home]) -> None:
    home = make_home()
    ana = home.contact(habits={"behaviour": "new_address", "confirmation": "button"})
    home.script(MEXICAN, behaviour="new_address", confirmation="button", answers_message=1)
    home.send()
    for _ in range(30):
        home.move(hours=1)
        home.run("record")
    assert home.case(ana)["end"] == "recovered"
    assert home.shown(ana)["contact"]["email_addresses"][0]["email_opt_status"] == "SINGLE_OPT_IN"
    home.next_day(10)
    home.run("record", "pull", "route", "reach")
    assert len([m for m in home.messages() if m["content_name"]]) <= 2


def test_bruno_never_answers_and_ends_in_the_hold(make_home: Callable[..., Home]) -> None:
    home = make_home()
    bruno = home.contact()
    a_day(home, hours=(16, 23))
    for _ in range(25):
        home.next_day()
        a_day(home, hours=(16, 23))
        for call in home.attempts(bruno).values():
            is_due = call["channel"] == "call" and call["state"] == "queued"
            if is_due and str(call["due_at"]) <= f"{home.now:%Y-%m-%d %H:%M}":
                home.fresh.by_person.dispose(
                    CallResult(bruno, Disposition.NO_ANSWER, "rep@firm.example")
                )
    assert home.case(bruno)["state"] == "hold"
    states = {step: one["state"] for step, one in home.attempts(bruno).items()}
    assert set(states) == {"m1", "c1", "c2", "m2", "c3"}
    assert len(home.messages()) == 2
    (note,) = home.shown(bruno)["notes"]
    assert "WhatsApp" in note["text"]
    assert all(task["completed"] for task in home.shown(bruno)["tasks"])


def test_two_weeks_of_a_small_base_add_up(make_home: Callable[..., Home]) -> None:
    home = make_home(contacts=120, seed=7)
    for _ in range(10):
        a_day(home, hours=(16, 22))
        home.next_day()
    for _ in range(2):
        home.move(hours=1)
        home.run("record")
    sent = home.messages()
    assert sent
    templates = Counter((m["line"], m["content_name"]) for m in sent if m["content_name"])
    openers = {key: n for key, n in templates.items() if "confirm" not in key[1]}
    assert set(openers.values()) == {1}
    sids = {row["sid"] for row in home.rows("SELECT sid FROM attempt WHERE sid IS NOT NULL")}
    assert {m["sid"] for m in sent} == sids
    inbound = {row["sid"] for row in home.sandbox.ledger("inbound")}
    assert {row["sid"] for row in home.rows("SELECT sid FROM reply")} == inbound
    assert home.rows("SELECT id FROM reply WHERE handled_at IS NULL") == []
    assert home.rows("SELECT id FROM outbox WHERE state = 'failed'") == []
    stopped = {
        row["contact_id"] for row in home.rows("SELECT contact_id FROM recovery_case WHERE stopped")
    }
    assert all(not open_tasks(home, one) for one in stopped)


def open_tasks(home: Home, contact: str) -> list[Any]:
    """Tasks of ours that are still open in Keap."""
    tasks = home.shown(contact)["tasks"]
    return [t for t in tasks if t["title"].startswith("[REC-") and not t["completed"]]


def test_a_restart_after_every_stage_changes_nothing(make_home: Callable[..., Home]) -> None:
    straight, restarted = make_home(contacts=120, seed=3), make_home(contacts=120, seed=3)
    for home in (straight, restarted):
        for stage in ("pull", "route", "reach", "record", "pull", "route", "reach", "record"):
            home.run(stage)
            if home is restarted:
                home.restart()
    told = [sorted(m["to"] for m in home.messages()) for home in (straight, restarted)]
    assert told[0] == told[1]
