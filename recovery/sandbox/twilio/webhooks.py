"""Signed calls to the firm's own server: status callbacks and inbound messages."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from recovery.sandbox.faults import Fault
from recovery.sandbox.twilio.post import Fields, NotAnsweredError, NotConnectedError
from recovery.sandbox.twilio.signature import signature
from recovery.sandbox.twilio.state import Account, fixed_sid

Named = Mapping[str, object]
_MOST_LATE = timedelta(minutes=10)


async def notify(account: Account, url: str, fields: Fields, *, named: Named) -> None:
    """One status callback, with whatever the fault plan does to callbacks; `named` is logged."""
    faults, key = account.world.faults, sorted(named.items())
    if faults.happens(Fault.CALLBACK_MISSING, key):
        return
    if faults.happens(Fault.CALLBACK_REORDER, key):
        _later(account, key, "reorder", lambda: deliver(account, url, fields, named=named))
    else:
        await deliver(account, url, fields, named=named)
    if faults.happens(Fault.CALLBACK_DUPLICATE, key):
        for copy in ("first copy", "second copy"):
            _later(account, key, copy, lambda: deliver(account, url, fields, named=named))


async def deliver(
    account: Account, url: str, fields: Fields, *, named: Named, kind: str = "callback"
) -> None:
    """Posts once, and once more where there was no connection, as Twilio does by default."""
    url = url.split("#", 1)[0]
    headers = _signed(account, url, fields)
    answer = await _try(account, url, fields, headers)
    if answer is None:
        answer = await _try(account, url, fields, headers)
    account.world.ledger.append(kind, url=url, answer=answer or "not connected", **named)


async def ask(account: Account, url: str, fields: Fields, *, named: Named) -> str | None:
    """What the firm's server wants a call to do; None where it says nothing readable."""
    url = url.split("#", 1)[0]
    headers = _signed(account, url, fields)
    answer: object = "not connected"
    for _ in range(2):
        try:
            answered = await account.poster.exchange(url, fields, headers=headers)
        except NotAnsweredError as error:
            answer = f"not answered: {error}"
            break
        except NotConnectedError:
            continue
        account.world.ledger.append("twiml", url=url, answer=answered.status, **named)
        return answered.body.decode("utf-8", "replace") if answered.status == 200 else None
    account.world.ledger.append("twiml", url=url, answer=answer, **named)
    return None


def _signed(account: Account, url: str, fields: Fields) -> dict[str, str]:
    return {
        "X-Twilio-Signature": signature(account.token, url=url, fields=fields),
        "I-Twilio-Idempotency-Token": fixed_sid("", f"{url}{fields}"),
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
    }


async def _try(
    account: Account, url: str, fields: Fields, headers: dict[str, str]
) -> int | str | None:
    """The receiver's status, what went wrong with its answer, or None without a connection."""
    try:
        return await account.poster.post(url, fields, headers=headers)
    except NotAnsweredError as error:
        return f"not answered: {error}"
    except NotConnectedError:
        return None


def inbound_url(account: Account) -> str | None:
    """Where inbound messages go: as configured, or beside the status callbacks."""
    return account.world.webhook_url


def learn(account: Account, status_callback: str | None) -> None:
    """Takes the inbound address from the first status callback seen."""
    if status_callback and account.world.webhook_url is None:
        parts = urlsplit(status_callback)
        account.world.webhook_url = f"{parts.scheme}://{parts.netloc}/webhooks/twilio/inbound"


def _later(account: Account, key: object, topic: str, event: Callable[[], Awaitable[None]]) -> None:
    share = account.world.random(topic, key).random()
    account.world.clock.schedule(account.now + share * _MOST_LATE, event)
