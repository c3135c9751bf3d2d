"""After a deletion no column of any table tells who it was; what must go on working still does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from recovery.adapters.db.invariants import broken_invariants
from recovery.domain.case import Disposition
from recovery.services.record.by_person import CallResult
from recovery.services.users.service import Role
from tests.installation import BRAZILIAN, MEXICAN, Home, policy_file

POLICY = "hold_days = 3\n[delete]\nmax_share = 1.0\n[approval]\nsecond_person = false\n"
STOPS, SILENT = "quirina.zafiro@example.com", "ulpiano.bragado@example.com"
#: Names, addresses, numbers and words of the two, as any column might hold them.
TRACES = ("quirina", "zafiro", "ulpiano", "bragado", "5512345678", "11987654321", "papagayo")


@pytest.fixture
def home(make_home: Callable[..., Home], tmp_path: Path) -> Home:
    return make_home(policy=policy_file(tmp_path, POLICY))


def test_nothing_personal_is_left_of_the_deleted(home: Home) -> None:
    stops = _person(home, STOPS, "Quirina", "Zafiro", MEXICAN)
    silent = _person(home, SILENT, "Ulpiano", "Bragado", BRAZILIAN)
    _live(home, stops, silent)
    assert {trace for trace in TRACES if any(_where(home, trace))} == set(TRACES)
    _delete(home)
    assert [home.case(one)["end"] for one in (stops, silent)] == ["deleted", "deleted"]
    assert {trace: found for trace in TRACES if (found := list(_where(home, trace)))} == {}
    assert broken_invariants(home.fresh.database) == []


def test_a_stop_and_the_providers_ids_outlive_the_person(home: Home) -> None:
    stops = _person(home, STOPS, "Quirina", "Zafiro", MEXICAN)
    _live(home, stops)
    before = home.rows("SELECT sid, token, number_key, state FROM attempt ORDER BY id")
    _delete(home)
    after = home.rows("SELECT sid, token, number_key, state FROM attempt ORDER BY id")
    assert [row for row in after if row["sid"]] == [row for row in before if row["sid"]]
    back = _person(home, STOPS, "Quirina", "Zafiro", MEXICAN)
    home.next_day()
    sent = len(home.messages(MEXICAN))
    home.run("pull", "route", "reach", "record")
    assert len(home.messages(MEXICAN)) == sent
    assert not home.rows("SELECT 1 FROM attempt WHERE contact_id = :id", id=back)


def test_a_twin_who_stays_keeps_the_number_both_have(home: Home) -> None:
    goes = _person(home, STOPS, "Quirina", "Zafiro", MEXICAN)
    stays = _person(home, SILENT, "Ulpiano", "Zafiro", MEXICAN, tags=["VIP", "WhatsApp opt-in"])
    _live(home, goes)
    _delete(home)
    left = home.rows("SELECT id FROM contact WHERE id IN (:a, :b)", a=goes, b=stays)
    assert left == [{"id": stays}]
    assert not any(_where(home, "quirina"))
    assert not any(_where(home, STOPS))


def _person(home: Home, email: str, given: str, family: str, phone: str, **more: Any) -> str:
    return home.contact(email=email, given_name=given, family_name=family, phones=(phone,), **more)


def _live(home: Home, stops: str, silent: str | None = None) -> None:
    """One says stop with a word of their own; about the other a rep writes one."""
    home.send()
    home.move(hours=1)
    home.run("record")
    home.says(MEXICAN, "no me escriban más, soy Quirina")
    home.run("record")
    for _ in range(30):
        home.next_day()
        home.run("record", "pull", "route", "reach", "record")
        if silent:
            _call(home, silent)


def _call(home: Home, contact: str) -> None:
    for one in home.attempts(contact).values():
        if one["channel"] == "call" and one["state"] == "queued":
            note = "papagayo, said the voice of Bragado"
            result = CallResult(contact, Disposition.NO_ANSWER, "rep@firm.example", note=note)
            home.fresh.by_person.dispose(result)


def _delete(home: Home) -> None:
    fresh = home.fresh
    batch = fresh.archive.build()
    assert batch is not None
    boss = fresh.users.add("boss@firm.example", Role.MANAGER)
    code = pyotp.TOTP(boss.totp_secret).at(home.now)
    fresh.approvals.approve(batch.batch.id, as_=boss.email, code=code)
    fresh.deletion.delete(batch.batch.id, everything=True)
    home.move(home.now + timedelta(minutes=1))


def _where(home: Home, trace: str) -> Iterator[str]:
    """Every column of every table that holds the trace."""
    with home.fresh.database.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                for name, value in row.items():
                    if trace in str(value).lower():
                        yield f"{table.name}.{name}: {value!r}"
