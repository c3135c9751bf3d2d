"""Acts of reps in the database, each one transaction with its consequences."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.calls.owed import owed_call
from recovery.adapters.db.cases import CASE, CONTACT, MEMBER
from recovery.adapters.db.contact_data import numbers_in
from recovery.adapters.db.effects import agree, take_address
from recovery.adapters.db.engine import Database
from recovery.adapters.db.holding import must_be_free_for, set_desk
from recovery.adapters.db.record import by_person
from recovery.adapters.db.reps import queue_items
from recovery.adapters.db.reps.dispositions import belongs_to_others
from recovery.adapters.db.sql import add_new
from recovery.adapters.db.suppress import stop, wait_for_beginners
from recovery.adapters.db.tables.people import ConsentRow
from recovery.domain.case import CaseState
from recovery.domain.country import Countries
from recovery.domain.email_status import OPT_IN_WORKS, EmailStatus
from recovery.domain.keys import Keys
from recovery.domain.lane import Place
from recovery.domain.person import Basis
from recovery.errors import Refusal
from recovery.services.reps.desk import Agreed

Act = Callable[[sa.Connection, sa.RowMapping], None]


class SqlDeskStore:
    """Implements `DeskStore`."""

    def __init__(self, database: Database, keys: Keys, countries: Countries) -> None:
        self._database = database
        self._keys = keys
        self._countries = countries

    def note(self, rep: str, case_id: int, text: str, now: datetime) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            cases.record(connection, case, "note", now, actor=rep, note=text)

        self._do(rep, case_id, now, act)

    def new_email(self, rep: str, case_id: int, email: str, words: str, now: datetime) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            said = words or f"on the phone to {rep}"
            remember(connection, case, rep, Agreed.EMAIL, said, now)
            take_address(connection, case, email, now, words=said, actor=rep)
            _dealt_with(connection, rep, case_id, now)

        self._do(rep, case_id, now, act)

    def consent(self, rep: str, case_id: int, agreed: Agreed, words: str, now: datetime) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            remember(connection, case, rep, agreed, words, now)
            if agreed is Agreed.EMAIL and EmailStatus(case["status"]) in OPT_IN_WORKS:
                agree(connection, case, now, words=words, actor=rep)
            else:
                cases.touch(connection, case_id, now)

        self._do(rep, case_id, now, act)

    def callback(self, rep: str, case_id: int, at: datetime, now: datetime, *, mine: bool) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            when = at.isoformat()
            cases.record(connection, case, "callback_agreed", now, actor=rep, when=when)
            cases.end_attempts(connection, case_id, now)
            agreed = {"state": CaseState.ENGAGED.value, "callback_at": at}
            cases.touch(connection, case_id, now, **agreed)
            _dealt_with(connection, rep, case_id, now)
            set_desk(connection, case_id, callback_rep=rep if mine else None, not_before=None)

        self._do(rep, case_id, now, act)

    def stop(self, rep: str, case_id: int, words: str, now: datetime) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            stop(connection, case, now, reason="do_not_contact", actor=rep)
            if words:
                cases.record(connection, case, "note", now, actor=rep, note=words)

        self._do(rep, case_id, now, act, says_no=True)

    def answered(self, rep: str, case_id: int, now: datetime) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            del case
            _dealt_with(connection, rep, case_id, now)

        self._do(rep, case_id, now, act)

    def close(self, rep: str, case_id: int, reason: str, now: datetime, *, in_touch: bool) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            if owed_call(connection, case_id):
                raise Refusal("say first what happened on the call")
            contact = case["contact_id"]
            by_person.close_case(
                connection, contact, reason=reason, in_touch=in_touch, actor=rep, now=now
            )

        self._do(rep, case_id, now, act)

    def resume(self, rep: str, case_id: int, now: datetime) -> None:
        def act(connection: sa.Connection, case: sa.RowMapping) -> None:
            by_person.resume_case(connection, case["contact_id"], actor=rep, now=now)

        self._do(rep, case_id, now, act)

    def belongs_to_others(self, email: str, case_id: int) -> bool:
        with self._database.read() as connection:
            return belongs_to_others(connection, self._keys.email(email), case_id)

    def place(self, case_id: int) -> Place:
        query = (
            sa.select(CONTACT.c.data)
            .join(MEMBER, MEMBER.c.contact_id == CONTACT.c.id)
            .where(MEMBER.c.case_id == case_id, CONTACT.c.data.is_not(None))
            .order_by(MEMBER.c.contact_id)
        )
        with self._database.read() as connection:
            for data in connection.execute(query).scalars():
                for number in numbers_in(data):
                    return number.place(home=data, countries=self._countries)
        return Place(())

    def _do(
        self, rep: str, case_id: int, now: datetime, act: Act, *, says_no: bool = False
    ) -> None:
        query = sa.select(CASE).where(CASE.c.id == case_id).with_for_update()
        with self._database.begin() as connection:
            if says_no:
                wait_for_beginners(connection)
            case = connection.execute(query).mappings().first()
            if case is None or case["state"] == CaseState.CLOSED.value:
                raise Refusal("this case is over: load the queue again")
            must_be_free_for(connection, rep, case_id, now)
            act(connection, case)
            queue_items.make(connection, [case_id], now, self._countries)


def remember(
    connection: sa.Connection,
    case: sa.RowMapping,
    rep: str,
    agreed: Agreed,
    words: str,
    now: datetime,
) -> None:
    """A consent given to a rep, with who heard it, when, and the words."""
    if agreed.channel is not None:
        row = {
            "contact_id": case["contact_id"],
            "channel": agreed.value,
            "basis": Basis.REP.value,
            # The moment is part of it: a consent given anew is a newer proof.
            "source": f"{rep} {now:%Y-%m-%d %H:%M:%S}",
            "at": now,
            "text": words[:500],
        }
        add_new(connection, ConsentRow, [row])
    told: dict[str, Any] = {"channel": agreed.value, "words": words[:500], "basis": "rep"}
    cases.record(connection, case, "consent_given", now, actor=rep, **told)


def _dealt_with(connection: sa.Connection, rep: str, case_id: int, now: datetime) -> None:
    set_desk(connection, case_id, answered_at=now, last_rep=rep)
