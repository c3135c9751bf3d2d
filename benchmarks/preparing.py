"""What contenders start from: a database pulled and routed, the messages due, some records."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
import sqlalchemy as sa

from benchmarks.contender import Done, Job
from benchmarks.place import NOON, PUBLIC, THREADS, Place
from recovery.adapters.db.schema import migrate
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.adapters.twilio.messages import form
from recovery.bootstrap import Recovery
from recovery.domain.contact import ContactId
from recovery.services.ports import OutboundMessage, SendAnswer, SendResult

#: Whole records read for the archive; they are repeated under other ids.
RECORDS = 100


def sid_of(token: str) -> str:
    """The id that a message with this token gets at the provider."""
    return f"SM{hashlib.md5(token.encode()).hexdigest()}"


class Scribe(TwilioMessenger):
    """Writes down what it should send."""

    forms: list[dict[str, Any]]

    def send(self, message: OutboundMessage) -> SendAnswer:
        """Nothing leaves."""
        self.forms.append(form(message, public_url=PUBLIC, messaging_service=None))
        return SendAnswer(SendResult.ACCEPTED, sid=sid_of(message.token), status="queued")


def prepare(place: Place) -> Job:
    """Fills the shared folder; answers how many messages are due."""
    return lambda: Done(_prepare(place))


def _prepare(place: Place) -> int:
    recovery = place.recovery()
    migrate(recovery.database)
    _save(place, recovery, "empty.db")
    recovery.template_service.push(lambda *_: None)
    requests.post(f"{place.url}/_sandbox/clock", json={"now": NOON.isoformat()}, timeout=60)
    recovery.pull.run()
    _save(place, recovery, "pulled.db")
    counted = {name: _count(recovery, name) for name in ("contact", "address")}
    (place.shared / "counted.json").write_text(
        json.dumps({"contacts": counted["contact"], "addresses": counted["address"]})
    )
    pages = requests.get(f"{place.url}/_bench/pages", timeout=60).text
    (place.shared / "pages.json").write_text(pages)
    recovery.route.run()
    recovery.reach.queue_calls()
    _save(place, recovery, "routed.db")
    forms = _forms(recovery)
    # As a web app that was there meanwhile did.
    recovery.reps.queue.refresh()
    _save(place, recovery, "reached.db")
    (place.shared / "messages.json").write_text(json.dumps(forms))
    (place.shared / "records.json").write_text(json.dumps(_records(recovery)))
    recovery.database.dispose()
    shutil.copytree(place.own / "keys", place.shared / "keys", dirs_exist_ok=True)
    return len(forms)


def _save(place: Place, recovery: Recovery, name: str) -> None:
    """A copy as a closed database: nothing is left in its log."""
    recovery.database.dispose()
    shutil.copy(place.own / "recovery.db", place.shared / name)


def _count(recovery: Recovery, table: str) -> int:
    with recovery.database.read() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def _forms(recovery: Recovery) -> list[dict[str, Any]]:
    scribe = Scribe(recovery.settings.twilio, public_url=PUBLIC, clock=recovery.clock)
    scribe.forms = []
    approved = recovery.template_service.approved()
    recovery.messenger = scribe
    with recovery.leases.hold("reach") as lease:
        recovery.reach.run(approved, lease)
    return scribe.forms


def _records(recovery: Recovery) -> dict[str, Any]:
    page = recovery.crm.contacts_after("0")
    ids = [ContactId(contact.id) for contact in page.contacts[:RECORDS]]
    with ThreadPoolExecutor(THREADS // 4) as pool:
        records = list(pool.map(recovery.crm.full_record, ids))
    return {"model": recovery.crm.model(), "records": records}
