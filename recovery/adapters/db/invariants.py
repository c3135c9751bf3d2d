"""What always holds, as queries that must return no rows; a broken one stops sending and deleting.

I10 (no personal data elsewhere) cannot be asked of the database, and I12 has no rows yet.
"""

# ruff: noqa: S608 (put together from constants of this file only)

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from recovery.adapters.db.audit import broken_at
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import AttemptRow, SuppressionRow
from recovery.services.promises import Finding

_ATTEMPT = table(AttemptRow)
_SUPPRESSION = table(SuppressionRow)


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise by its number, in words, with the query that finds who broke it."""

    number: str
    statement: str
    query: str


_EXAMPLES = 5
_ON_THE_WIRE = "('sending','in_doubt','accepted','sent','delivered','read','failed')"
_TAKEN = "('accepted','sent','delivered','read','failed')"
_GOING = "('intended','in_doubt','deleted')"

#: Each query names what broke the promise in its first column.
INVARIANTS = (
    Invariant(
        "I1",
        "nobody gets one step twice",
        f"""SELECT MIN(a.id) FROM attempt a JOIN recovery_case c ON c.id = a.case_id
            WHERE a.channel = 'whatsapp' AND a.step IN ('m1', 'm2') AND a.state IN {_ON_THE_WIRE}
            GROUP BY a.number_key, a.step, c.round HAVING COUNT(*) > 1""",
    ),
    Invariant(
        "I1",
        "no message of the provider belongs to two steps",
        """SELECT MIN(id) FROM attempt WHERE sid IS NOT NULL
           GROUP BY sid HAVING COUNT(*) > 1""",
    ),
    Invariant(
        "I1",
        "a person has at most one open case",
        """SELECT m.contact_id FROM case_contact m JOIN recovery_case c ON c.id = m.case_id
           WHERE c.state <> 'closed' GROUP BY m.contact_id HAVING COUNT(*) > 1""",
    ),
    Invariant(
        "I1",
        "a case has at most one open call",
        """SELECT case_id FROM attempt WHERE channel = 'call' AND state = 'queued'
           GROUP BY case_id HAVING COUNT(*) > 1""",
    ),
    Invariant(
        "I1",
        "nobody is dialled twice for one call, unless a person decided so while it was in doubt",
        """SELECT b.attempt_id FROM placed_call b
           JOIN placed_call a ON a.attempt_id = b.attempt_id AND a.nth > b.nth
           WHERE b.dialled_at IS NOT NULL AND a.dialled_at IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM outcome o
             WHERE o.attempt_id = b.attempt_id AND o.kind = 'carrier_unknown')""",
    ),
    Invariant(
        "I2",
        "every message that the provider took is known by its id",
        f"""SELECT id FROM attempt
            WHERE channel = 'whatsapp' AND sid IS NULL AND state IN {_TAKEN}""",
    ),
    Invariant(
        "I3",
        "no delivery that was told and applied is missing from its message",
        """SELECT a.id FROM attempt a JOIN callback k ON k.sid = a.sid
           WHERE k.applied_at IS NOT NULL AND k.status IN ('delivered', 'read')
             AND a.state NOT IN ('delivered', 'read')
             AND COALESCE(a.code, '') <> 'wrong_person'""",
    ),
    Invariant(
        "I3",
        "every reply that was handled is understood as something",
        """SELECT id FROM reply
           WHERE handled_at IS NOT NULL AND case_id IS NOT NULL AND kind IS NULL""",
    ),
    Invariant(
        "I3",
        "every call that was made has its result",
        """SELECT id FROM attempt
           WHERE channel = 'call' AND state = 'done' AND disposition IS NULL""",
    ),
    Invariant(
        "I4",
        "no call waits in the queue for somebody who refused calls",
        """SELECT a.id FROM attempt a JOIN suppression s ON s.key = a.number_key
           WHERE a.channel = 'call' AND a.state = 'queued' AND s.lifted_at IS NULL
             AND s.channel IN ('call', 'all')
             AND NOT EXISTS (  -- a rep may still undo it: the call waits, and nobody is dialled
               SELECT 1 FROM disposition d
               WHERE d.state = 'pending' AND s.source = 'disposition ' || d.id)""",
    ),
    Invariant(
        "I4",
        "every message of a cadence is a template of the provider",
        f"""SELECT id FROM attempt WHERE channel = 'whatsapp' AND step IN ('m1', 'm2')
            AND state IN {_ON_THE_WIRE} AND (content_sid IS NULL OR template IS NULL)""",
    ),
    Invariant(
        "I5",
        "nobody is deleted without a verified archive",
        f"""SELECT i.contact_id FROM archive_item i JOIN archive_batch b ON b.id = i.batch_id
            WHERE i.state IN {_GOING} AND (b.file_sha256 = '' OR b.set_sha256 = ''
              OR b.verified_at IS NULL OR b.state = 'building' OR i.row_sha256 = '')""",
    ),
    Invariant(
        "I6",
        "nobody is deleted who answered anything but a stop",
        """SELECT i.contact_id FROM archive_item i JOIN reply r ON r.case_id = i.case_id
           WHERE i.state = 'deleted' AND r.received_at < i.deleted_at
             AND (r.kind IS NULL OR r.kind <> 'stop')""",
    ),
    Invariant(
        "I6",
        "nobody is deleted who was recovered",
        """SELECT i.contact_id FROM archive_item i JOIN recovery_case c ON c.id = i.case_id
           WHERE i.state = 'deleted' AND c."end" = 'recovered'""",
    ),
    Invariant(
        "I7",
        "every deletion has an approval of exactly its set, used before it expired",
        f"""SELECT i.contact_id FROM archive_item i JOIN archive_batch b ON b.id = i.batch_id
            WHERE i.state IN {_GOING} AND NOT EXISTS (
              SELECT 1 FROM approval p WHERE p.batch_id = b.id AND p.set_sha256 = b.set_sha256
                AND p.used_at <= p.expires_at)""",
    ),
    Invariant(
        "I7",
        "no rep approved a deletion",
        """SELECT p.id FROM approval p JOIN user_account u ON u.email = p.approver
           WHERE p.used_at IS NOT NULL AND u.role = 'rep'""",
    ),
    Invariant(
        "I8",
        "every deletion leaves a tombstone",
        f"""SELECT i.contact_id FROM archive_item i WHERE i.state IN {_GOING} AND NOT EXISTS (
              SELECT 1 FROM tombstone t WHERE t.contact_id = i.contact_id)""",
    ),
    Invariant(
        "I9",
        "no open case is forgotten: each has a next step or something it waits for",
        """SELECT c.id FROM recovery_case c
           WHERE c.state IN ('open', 'proposed', 'hold')
             AND c.route_at IS NULL AND c.next_act IS NULL
             AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.case_id = c.id
               AND a.state IN ('intended', 'sending', 'in_doubt', 'accepted', 'sent', 'queued'))""",
    ),
    Invariant(
        "I11",
        "every deletion stands in the audit",
        f"""SELECT i.contact_id FROM archive_item i WHERE i.state IN {_GOING} AND NOT EXISTS (
              SELECT 1 FROM audit t WHERE t.action = 'contact.delete_intended'
                AND t.object = i.batch_id || '/' || i.contact_id)""",
    ),
)
_REFUSED = "no message of a cadence was started after the person refused"
#: A send and a stop that meet: who committed first decides, their clocks were read before.
_RACE = timedelta(seconds=30)
_CHAIN = "the audit's chain of hashes is whole"


def check_invariants(database: Database) -> list[Finding]:
    """Every promise with how many rows break it; reads only, one query each."""
    with database.read() as connection:
        findings = [_asked(connection, invariant) for invariant in INVARIANTS]
        findings.append(_finding("I4", _REFUSED, _sent_after_refusal(connection)))
    broken = broken_at(database)
    where = () if broken is None else (f"audit row {broken}",)
    findings.append(Finding("I11", _CHAIN, len(where), where))
    return sorted(findings, key=lambda finding: int(finding.number[1:]))


def broken_invariants(database: Database) -> list[Finding]:
    """Only what does not hold: empty in a healthy installation."""
    return [finding for finding in check_invariants(database) if not finding.holds]


def _asked(connection: sa.Connection, invariant: Invariant) -> Finding:
    found = [str(row[0]) for row in connection.execute(sa.text(invariant.query))]
    return _finding(invariant.number, invariant.statement, found)


def _finding(number: str, statement: str, found: Sequence[str]) -> Finding:
    return Finding(number, statement, len(found), tuple(found[:_EXAMPLES]))


def _sent_after_refusal(connection: sa.Connection) -> list[str]:
    query = (
        sa.select(_ATTEMPT.c.id, _ATTEMPT.c.sending_at, _SUPPRESSION.c.at)
        .join(_SUPPRESSION, _SUPPRESSION.c.key == _ATTEMPT.c.number_key)
        .where(_ATTEMPT.c.channel == "whatsapp", _ATTEMPT.c.step.in_(("m1", "m2")))
        .where(_SUPPRESSION.c.channel.in_(("whatsapp", "all")))
        .where(_ATTEMPT.c.sending_at > _SUPPRESSION.c.at)
        .where(
            _SUPPRESSION.c.lifted_at.is_(None) | (_ATTEMPT.c.sending_at < _SUPPRESSION.c.lifted_at)
        )
    )
    rows = connection.execute(query).all()
    return [str(row.id) for row in rows if row.sending_at - row.at > _RACE]
