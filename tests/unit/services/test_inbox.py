"""What the inbox does when the database cannot take what came."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from recovery.domain.keys import Keys
from recovery.domain.phone import phone_from_e164
from recovery.errors import StorageFull
from recovery.services.inbox import (
    Foreign,
    InboxService,
    NotStored,
    Received,
    Rejection,
    Unstorable,
    Waiting,
)
from recovery.services.ports import ProviderMessage

OURS = "AC" + "0" * 32
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = Keys(b"k" * 32)


class Store:
    """A database that may be away, or refuse one sid for good."""

    def __init__(self) -> None:
        self.rows: list[Received] = []
        self.is_away = False
        self.tries = 0
        self.poison = ""

    def keep(self, received: Sequence[Received]) -> int:
        self.tries += 1
        if self.is_away:
            raise NotStored
        if any(one.sid == self.poison for one in received):
            raise Unstorable
        self.rows += received
        return len(received)

    def quarantine(self, rejections: Sequence[Rejection]) -> None:
        pass

    def waiting(self) -> Waiting:
        return Waiting(0, 0)


class Files:
    """A spool in memory, with or without room."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Received]] = {}
        self.aside: list[str] = []
        self.is_full = False

    def add(self, received: Sequence[Received]) -> None:
        if self.is_full:
            raise StorageFull
        self.kept[f"{len(self.kept)}"] = list(received)

    def batches(self) -> Iterator[tuple[str, list[Received]]]:
        yield from list(self.kept.items())

    def remove(self, name: str) -> None:
        del self.kept[name]

    def set_aside(self, name: str) -> None:
        self.aside.append(name)
        del self.kept[name]

    def size(self) -> int:
        return len(self.kept)


class Inbox(InboxService):
    """The service over doubles, with a clock that tests move."""

    def __init__(self) -> None:
        self.store, self.files, self.now = Store(), Files(), NOON
        super().__init__(
            self.store, self.files, keys=KEYS, account_sid=OURS, clock=lambda: self.now
        )


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def status(inbox: Inbox, number: int) -> Received:
    sid = f"SM{number:032x}"
    fields = {"AccountSid": OURS, "MessageSid": sid, "MessageStatus": "sent"}
    return inbox.accept_status("token-12345678", {**fields, "From": "+1555", "To": "+1556"})


def test_what_the_database_takes_never_sees_the_spool(inbox: Inbox) -> None:
    inbox.keep([status(inbox, 1)])
    assert len(inbox.store.rows) == 1
    assert inbox.files.kept == {}


def test_while_the_database_rests_nobody_waits_for_it(inbox: Inbox) -> None:
    inbox.store.is_away = True
    for number in range(5):
        inbox.keep([status(inbox, number)])
    assert inbox.store.tries == 1
    assert inbox.spooled() == 5
    inbox.now += timedelta(seconds=2)
    inbox.store.is_away = False
    inbox.keep([status(inbox, 6)])
    inbox.keep([status(inbox, 7)])
    assert [row.sid[-1] for row in inbox.store.rows] == ["6", "7"]


def test_the_spool_goes_into_the_database_when_it_is_back(inbox: Inbox) -> None:
    inbox.store.is_away = True
    inbox.keep([status(inbox, 1), status(inbox, 2)])
    assert inbox.ingest() == 0
    assert inbox.spooled() == 1
    inbox.store.is_away = False
    assert inbox.ingest() == 2
    assert inbox.spooled() == 0
    assert inbox.ingest() == 0


def test_one_row_that_fits_no_table_holds_up_no_other(inbox: Inbox) -> None:
    inbox.store.poison = f"SM{1:032x}"
    inbox.keep([status(inbox, 1)])
    inbox.keep([status(inbox, 2)])
    assert inbox.ingest() == 1
    assert inbox.files.aside == ["0"]
    assert [row.sid[-1] for row in inbox.store.rows] == ["2"]


def test_one_row_that_fits_no_table_spoils_no_other_that_came_with_it(inbox: Inbox) -> None:
    inbox.store.poison = f"SM{2:032x}"
    inbox.keep([status(inbox, number) for number in (1, 2, 3)])
    assert inbox.ingest() == 2
    assert inbox.files.aside == ["0"]
    assert [row.sid[-1] for row in inbox.store.rows] == ["1", "3"]


def test_without_either_the_caller_is_told(inbox: Inbox) -> None:
    inbox.store.is_away = inbox.files.is_full = True
    with pytest.raises(StorageFull):
        inbox.keep([status(inbox, 1)])


def listed(**changed: object) -> ProviderMessage:
    given: dict[str, object] = {
        "sid": f"SM{1:032x}",
        "direction": "inbound",
        "to": "+15551234567",
        "sender": "+5511987654321",
        "body": "oi\0 \ud83d",
        "status": "received",
        "code": None,
        "created_at": NOON,
        "media": 2,
        "raw": {"num_media": "2", "body": "\0"},
    }
    return ProviderMessage(**{**given, **changed})  # type: ignore[arg-type]


def test_a_listed_message_is_the_reply_its_webhook_would_have_been(inbox: Inbox) -> None:
    found = inbox.accept_message(listed())
    fields = {"AccountSid": OURS, "MessageSid": found.sid, "Body": "oi", "NumMedia": "2"}
    told = inbox.accept_inbound(
        {**fields, "From": "whatsapp:+5511987654321", "To": "whatsapp:+15551234567"}
    )
    assert (found.number, found.number_key) == (told.number, told.number_key)
    assert (found.sid, found.sender, found.media) == (told.sid, told.sender, told.media)
    assert (found.source, told.source) == ("poll", "webhook")
    assert found.received_at == NOON
    assert found.body == "oi ?"
    assert found.raw["body"] == ""


@pytest.mark.parametrize("changed", [{"direction": "outbound-api"}, {"sid": "SMxyz"}])
def test_what_no_person_sent_is_no_reply(inbox: Inbox, changed: dict[str, object]) -> None:
    with pytest.raises(Foreign):
        inbox.accept_message(listed(**changed))


@pytest.mark.parametrize("spelling", ["+5215512345678", "whatsapp:+525512345678"])
def test_all_spellings_of_a_number_have_one_key(inbox: Inbox, spelling: str) -> None:
    phone = phone_from_e164("+525512345678")
    assert phone
    assert inbox.accept_message(listed(sender=spelling)).number_key == KEYS.phone(phone.key)


@pytest.mark.parametrize("token", ["", "short", "a" * 65, "token/../../etc", "tok en-12345678"])
def test_a_token_of_another_shape_is_refused(inbox: Inbox, token: str) -> None:
    fields = {"AccountSid": OURS, "MessageSid": f"SM{1:032x}", "MessageStatus": "sent"}
    with pytest.raises(Foreign, match="token"):
        inbox.accept_status(token, {**fields, "From": "+1555", "To": "+1556"})
