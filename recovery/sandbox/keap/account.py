"""The state of one Keap account: contacts, the addresses they share, and all that hangs on them."""

from bisect import bisect_left
from collections import defaultdict
from datetime import datetime
from typing import Any

from recovery.sandbox import seeds
from recovery.sandbox.catalogue import CATEGORIES, CUSTOM_FIELDS, TAGS, USERS
from recovery.sandbox.world import World

Json = dict[str, Any]

STATUSES = (
    "UNENGAGED_MARKETABLE", "SINGLE_OPT_IN", "DOUBLE_OPT_IN", "CONFIRMED",
    "UNENGAGED_NON_MARKETABLE", "NON_MARKETABLE", "LOCKDOWN", "BOUNCE", "HARD_BOUNCE", "MANUAL",
    "ADMIN", "SYSTEM", "LIST_UNSUBSCRIBE", "FEEDBACK", "SPAM", "INVALID", "DEACTIVATED",
)  # fmt: skip
DELIVERABLE = frozenset(STATUSES[:4])
SETUP_TIME = "2019-03-01T15:00:00.000Z"
KINDS = ("notes", "tasks", "orders", "subscriptions", "opportunities")


class Account:
    """Rows by id, and the indexes that keep lists quick; every change is told to the ledger."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.contacts = world.contacts
        #: Ids of contacts as numbers, ascending: what a keyset sweep walks along.
        self.ids: list[int] = []
        #: E-mail statuses by address in small letters, as the API shows them.
        self.addresses: dict[str, Json] = {}
        self.holders: defaultdict[str, set[str]] = defaultdict(set)
        self.by_status: defaultdict[str, set[str]] = defaultdict(set)
        #: When a tag was applied, by contact and tag.
        self.applied: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self.records: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}
        self.hanging: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self.users = {user["id"]: dict(user) for user in USERS}
        self.custom_fields = [dict(model) for model in CUSTOM_FIELDS]
        self.categories = {row["id"]: _dated(dict(row)) for row in CATEGORIES}
        self.tags = {row["id"]: _tag(row) for row in TAGS}
        #: Grows with every change of an address: lists sorted before are then stale.
        self.version = 0
        #: The list of addresses last asked for: its version, its question, its rows.
        self.sorted_addresses: tuple[int, str, list[Json]] = (-1, "", [])
        self._last = 1000
        self._seed()

    def now(self) -> str:
        """Sandbox time as Keap writes it."""
        return stamp(self.world.clock.now())

    def next_id(self) -> str:
        """A new id; none is ever given twice, as at Keap."""
        self._last += 1
        return str(self._last)

    def add(self, contact: Json) -> None:
        """Takes in a contact whose addresses are known already."""
        contact_id = contact["id"]
        self.contacts[contact_id] = contact
        self.ids.append(int(contact_id))
        self.hold_addresses(contact)

    def remove(self, contact_id: str) -> Json:
        """Takes a contact out with all that hangs on it; the status of its addresses stays."""
        contact = self.contacts.pop(contact_id)
        self.release_addresses(contact)
        del self.ids[bisect_left(self.ids, int(contact_id))]
        self.applied.pop(contact_id, None)
        for kind, number in self.hanging.pop(contact_id, set()):
            self.records[kind].pop(number, None)
        return contact

    def store(self, kind: str, row: Json) -> None:
        """Keeps a note, task or purchase, and remembers whose it is."""
        self.records[kind][row["id"]] = row
        if contact_id := owner_of(row):
            self.hanging[contact_id].add((kind, row["id"]))

    def records_of(self, kind: str, contact_id: str) -> list[Json]:
        """All records of a kind that hang on the contact."""
        rows = self.records[kind]
        numbers = (n for k, n in self.hanging.get(contact_id, ()) if k == kind)
        return [rows[number] for number in numbers if number in rows]

    def hold_addresses(self, contact: Json) -> None:
        """Lets the contact follow the status of each of its addresses."""
        for email in contact.get("email_addresses", ()):
            key = email["email"].lower()
            self.holders[key].add(contact["id"])
            _show(email, self.addresses[key])

    def release_addresses(self, contact: Json) -> None:
        """The opposite, before the contact's addresses change."""
        for email in contact.get("email_addresses", ()):
            self.holders[email["email"].lower()].discard(contact["id"])

    def know(self, email: str, status: str, *, created: str, sent: str | None = None) -> None:
        """Records an address that Keap did not know; one it knows keeps its status."""
        key = email.lower()
        if key in self.addresses:
            return
        row = {"email": email, "status": status, "opted_in": status in DELIVERABLE}
        row["create_time"] = created
        if sent:
            row["last_sent_time"] = sent
        self.addresses[key] = row
        self.by_status[status].add(key)
        self.version += 1

    def set_status(self, email: str, status: str, *, by: str, reason: str = "") -> None:
        """Gives an address another status, for all contacts that have it."""
        key = email.lower()
        row = self.addresses[key]
        before = row["status"]
        if before == status:
            return
        self.by_status[before].discard(key)
        self.by_status[status].add(key)
        row |= {"status": status, "opted_in": status in DELIVERABLE}
        self.version += 1
        for contact_id in self.holders[key]:
            for shown in self.contacts[contact_id]["email_addresses"]:
                if shown["email"].lower() == key:
                    _show(shown, row)
            self.world.contact_changed(contact_id)
        self.world.ledger.append(
            "keap.email_status", email=email, before=before, status=status, by=by, reason=reason
        )

    def touch(self, contact: Json) -> None:
        """Moves the contact's own time of change, and tells who listens."""
        contact["update_time"] = self.now()
        self.world.contact_changed(contact["id"])

    def _seed(self) -> None:
        options = self.world.options
        day = self.world.clock.now()
        for seed in seeds.seeds(options.seed, contacts=options.contacts, day=day):
            for email, (status, created, sent) in seed.addresses.items():
                self.know(email, status, created=created, sent=sent)
            self.add(seed.contact)
            self.applied[seed.contact["id"]] = seed.tags
            for kind, rows in seed.records.items():
                for row in rows:
                    self.store(kind, row)
        self._last = max([1000, *self.ids, *(int(n) for r in self.records.values() for n in r)])


def stamp(moment: datetime) -> str:
    """A time as Keap writes it."""
    return seeds.stamp(moment)


def owner_of(row: Json) -> str | None:
    """Whose record this is: kinds name their contact in two ways."""
    number = row.get("contact_id") or row.get("contact", {}).get("id")
    return str(number) if number else None


def _show(email: Json, row: Json) -> None:
    email["email_opt_status"] = row["status"]
    email["is_opt_in"] = row["opted_in"]


def _dated(row: Json) -> Json:
    return {**row, "create_time": SETUP_TIME, "update_time": SETUP_TIME}


def _tag(row: Json) -> Json:
    tag = _dated({"id": row["id"], "name": row["name"], "description": ""})
    return {**tag, "category": {"id": row["category"]}} if row["category"] else tag
