"""The judge: reads the sandbox's ledger and the invariants of `doctor`, never our own counts."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import requests

from recovery.adapters.db.invariants import broken_invariants
from recovery.domain.archive import ItemState
from recovery.sandbox.directory import line_key
from tests.installation import Home

#: How the templates are called by which we begin.
_BEGINS = re.compile("_first|_order|_typo|_once|_last")
#: How reps of the suites begin what they write of their own accord.
BY_A_REP = "Hola, soy Rosa"


def nobody_was_told_twice(home: Home, healed: Mapping[str, int] | None = None) -> None:
    """One message of the cadence a person, and one more after each time that an address of their
    line was `healed`; at most one answer to each thing they wrote."""
    rounds = healed or {}
    sent = [m for m in home.messages() if not (m["body"] or "").startswith(BY_A_REP)]
    told = Counter((m["line"], _step(m)) for m in sent if not _is_answer(m))
    again = {key: n for key, n in told.items() if n > 1 + rounds.get(key[0], 0)}
    assert again == {}, f"told twice: {again}"
    answers = Counter(m["line"] for m in sent if _is_answer(m))
    wrote = (row["from"] for row in home.sandbox.ledger("inbound"))
    unasked = answers - Counter(line_key(one.removeprefix("whatsapp:")) for one in wrote)
    assert not unasked, f"answered more often than they wrote: {unasked}"


def steps(messages: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The line and the step of each message by which we begin, whatever text stood in for another:
    which one a step gets hangs on what was read of somebody until then."""
    return ((m["line"], _step(m)) for m in messages if _BEGINS.search(m["content_name"] or ""))


def _step(message: dict[str, Any]) -> str:
    """The first message of a cadence or its last; other texts are what they are called."""
    begins = _BEGINS.search(message["content_name"])
    if begins is None:
        return str(message["content_name"])
    return "last" if begins[0] == "_last" else "first"


def _is_answer(message: dict[str, Any]) -> bool:
    """Answers are free text, or the template that asks whether an address is right."""
    name = message["content_name"] or ""
    return not name or "confirm" in name


def every_message_has_a_row(home: Home) -> None:
    """The provider took nothing that we do not know of."""
    known = {row["sid"] for row in home.rows("SELECT sid FROM attempt WHERE sid IS NOT NULL")}
    assert {m["sid"] for m in home.messages()} <= known


def no_reply_is_lost(home: Home) -> None:
    """What people wrote is stored and acted on."""
    wrote = {row["sid"] for row in home.sandbox.ledger("inbound")}
    stored = {r["sid"] for r in home.rows("SELECT sid FROM reply WHERE handled_at IS NOT NULL")}
    assert wrote <= stored


def keap_was_told_once(home: Home, further: Callable[[str], int] = lambda _: 0) -> None:
    """At most one note, one open task and one goal of each case; `further` tells how many cases
    the person behind a contact may have had beside the first."""
    for kind in ("keap.note_created", "keap.goal_achieved"):
        told = Counter(map(_what, home.sandbox.ledger(kind)))
        again = [key for key, times in told.items() if times > 1 and times > 1 + further(key[0])]
        assert again == [], f"{kind} twice"
    _no_second_task_is_open(home)


def _no_second_task_is_open(home: Home) -> None:
    """A case that went on after its task was ticked off gets another one."""
    still_open: dict[str, tuple[Any, ...]] = {}
    for row in home.sandbox.ledger():
        if row["kind"] == "keap.task_created":
            assert _what(row) not in still_open.values(), f"a second task: {row}"
            still_open[row["id"]] = _what(row)
        elif row["kind"] == "keap.task_deleted" or row.get("completed"):
            still_open.pop(row["id"], None)


def _what(row: dict[str, Any]) -> tuple[Any, ...]:
    contact = row.get("contact_id") or (row.get("contact") or {}).get("id")
    return contact, row.get("title") or row.get("call_name")


def nothing_is_half_way(home: Home) -> None:
    """No message and no write to Keap waits for anything but time."""
    half = "SELECT id, state, step FROM attempt WHERE state IN ('sending', 'in_doubt')"
    assert home.rows(half) == []
    owed = "SELECT id, kind, state, error FROM outbox WHERE state IN ('pending', 'begun')"
    assert home.rows(owed) == []


def work_is_done(home: Home) -> None:
    """Nothing is half-way, and nothing was given up; what was taken back in time is dropped."""
    nothing_is_half_way(home)
    given_up = "SELECT id, kind, state, error FROM outbox WHERE state NOT IN ('done', 'dropped')"
    assert home.rows(given_up) == []


def no_deletion_is_half_way(home: Home) -> None:
    """No contact is left of whom nobody knows whether Keap was asked to delete them."""
    begun = "SELECT contact_id, state FROM archive_item WHERE state = :state"
    assert home.rows(begun, state=ItemState.INTENDED.value) == []


class Silence:
    """From look to look: nothing a rep wrote leaves to a line whose stop was stored before."""

    def __init__(self) -> None:
        self._stopped: set[str] = set()
        self._left: set[str] = set()
        #: Lines whose stops up to this one are lifted.
        self._lifted: dict[str, int] = {}

    def look(self, home: Home) -> None:
        """To be called after each step of a life."""
        written = {
            row["token"] for row in home.rows("SELECT token FROM attempt WHERE step LIKE 'w%'")
        }
        left = {m["token"]: m["line"] for m in home.messages() if m["token"] in written}
        new = {line for token, line in left.items() if token not in self._left}
        assert not new & self._stopped, "a rep wrote after a stop"
        self._left = set(left)
        stops = "SELECT id, number FROM reply WHERE kind = 'stop' AND handled_at IS NOT NULL"
        said = [(line_key(row["number"]), row["id"]) for row in home.rows(stops)]
        self._stopped = {line for line, n in said if n > self._lifted.get(line, 0)}

    def ends(self, lines: set[str], home: Home) -> None:
        """A manager lifted what these lines said so far."""
        last = home.one("SELECT max(id) AS id FROM reply")["id"] or 0
        self._lifted.update(dict.fromkeys(lines, last))


class Consents:
    """From look to look: the firm writes first to nobody of whom a pull saw no agreement."""

    def __init__(self) -> None:
        self._without: set[str] = set()
        self._looked_at = 0

    def were_read(self, without: set[str]) -> None:
        """No record of the people behind these lines says that they agreed."""
        self._without = without

    def may_be_there(self, lines: set[str]) -> None:
        """They agreed since, or became part of somebody who may have."""
        self._without -= lines

    def look(self, home: Home) -> None:
        """To be called after each step of a life."""
        ledger = home.sandbox.ledger()
        # Who wrote to us agreed by that.
        wrote = (row["from"] for row in ledger if row["kind"] == "inbound")
        self._without -= {line_key(one.removeprefix("whatsapp:")) for one in wrote}
        new = [row for row in ledger[self._looked_at :] if row["kind"] == "message"]
        told = {row["line"] for row in new if row["content_name"] and not _is_answer(row)}
        assert not told & self._without, "written to without consent"
        self._looked_at = len(ledger)


def invariants_hold(home: Home) -> None:
    """What `doctor --invariants` says."""
    assert broken_invariants(home.fresh.database) == []


def judged(home: Home) -> None:
    """All of it."""
    nobody_was_told_twice(home)
    every_message_has_a_row(home)
    no_reply_is_lost(home)
    keap_was_told_once(home)
    work_is_done(home)
    invariants_hold(home)


def every_end_is_known(home: Home) -> None:
    """What the provider says of each message is what we say of it."""
    account = home.sandbox.options.twilio_account_sid
    found = requests.get(
        f"{home.sandbox.url}/2010-04-01/Accounts/{account}/Messages.json?PageSize=1000",
        auth=(account, home.sandbox.options.twilio_auth_token),
        timeout=30,
    ).json()["messages"]
    told = {m["sid"]: _END[m["status"]] for m in found if m["status"] in _END}
    # A message that a stranger read counts as failed for us, whatever the provider delivered.
    query = "SELECT sid, state FROM attempt WHERE code IS NULL OR code <> 'wrong_person'"
    known = {row["sid"]: row["state"] for row in home.rows(query)}
    strangers = home.rows("SELECT sid FROM attempt WHERE code = 'wrong_person'")
    told = {sid: end for sid, end in told.items() if {"sid": sid} not in strangers}
    wrong = {sid: (end, known.get(sid)) for sid, end in told.items() if known.get(sid) not in end}
    assert wrong == {}, f"ends unlike the provider's: {wrong}"


_ARRIVED = ("delivered", "read")
_END = {
    "delivered": _ARRIVED,
    "read": _ARRIVED,
    "failed": ("failed",),
    "undelivered": ("failed",),
}
