"""E-mail addresses and their statuses: what bounces, who opted out, what an opt-in can change."""

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.clock import Event
from recovery.sandbox.faults import Fault
from recovery.sandbox.keap.account import DELIVERABLE, STATUSES, Account, Json
from recovery.sandbox.keap.query import (
    Clause,
    KeapError,
    answer,
    body_of,
    clauses,
    matching,
    offset,
    one_of,
    ordered,
    page,
)
from recovery.sandbox.places import TYPO_DOMAINS

#: An opt-in by API moves these and no others.
PROMOTED = frozenset(
    {"UNENGAGED_MARKETABLE", "UNENGAGED_NON_MARKETABLE", "NON_MARKETABLE", "MANUAL"}
)
OPTED_OUT = frozenset({"MANUAL", "ADMIN", "LIST_UNSUBSCRIBE", "FEEDBACK", "SPAM"})
#: Share of opted-out addresses that an opt-in leaves as they are, without saying so.
STUBBORN = 0.2
#: Share of new addresses whose mailbox turns out not to exist.
STILLBORN = 0.04
ORDERS = {
    name: name
    for name in (
        "email", "status", "create_time", "last_click_time", "last_open_time", "last_sent_time"
    )
}  # fmt: skip


async def list_addresses(account: Account, request: Request) -> Response:
    """Statuses, without the contacts that have them."""
    faults = account.world.faults
    if faults.is_set(Fault.STATUSES_MISSING):
        raise KeapError(404, "No endpoint GET /rest/v2/emailAddresses", domain="endpoint")
    if offset(request) and faults.happens(Fault.PAGE_MUTATION, account.world.requests):
        _heal_one_seen(account, request)
    return page(_listed(account, request), request, name="email_addresses")


async def get_status(account: Account, request: Request) -> Response:
    """The status of one address."""
    return answer(_known(account, request.path_params["email"]))


async def set_opt_in(account: Account, request: Request) -> Response:
    """Opts an address in or out; 200 with the unchanged status where the rule forbids it."""
    row = _known(account, request.path_params["email"])
    body = await body_of(request)
    if not isinstance(body.get("opted_in"), bool) or not isinstance(body.get("reason"), str):
        raise KeapError(400, "opted_in and reason are required", domain="email")
    if body["opted_in"]:
        opt_in(account, row["email"], reason=body["reason"])
    elif row["status"] not in OPTED_OUT:
        account.set_status(row["email"], "ADMIN", by="api", reason=body["reason"])
    return answer(row)


def opt_in(account: Account, email: str, *, reason: str) -> None:
    """Makes the address marketable where Keap lets an API do so."""
    status = account.addresses[email.lower()]["status"]
    stays = account.world.random("stubborn", email.lower()).random() < STUBBORN
    if status in PROMOTED and not (status == "MANUAL" and stays):
        account.set_status(email, "SINGLE_OPT_IN", by="api", reason=reason)


def learn(account: Account, email: str, *, reason: str | None) -> None:
    """Takes note of an address given with a contact; some turn out to be dead within a month."""
    is_new = email.lower() not in account.addresses
    if not is_new:
        if reason:
            opt_in(account, email, reason=reason)
        return
    status = "SINGLE_OPT_IN" if reason else "NON_MARKETABLE"
    account.know(email, status, created=account.now())
    account.world.ledger.append("keap.email_known", email=email, status=status, reason=reason)
    if (after := _dies_after(account, email)) is not None:
        account.world.clock.on_date(account.world.clock.now() + after, _death(account, email))


def _known(account: Account, email: str) -> Json:
    row = account.addresses.get(email.lower())
    if row is None:
        raise KeapError(404, "Email address not found", domain="email")
    return row


def _listed(account: Account, request: Request) -> list[Json]:
    """The sorted list, kept from page to page as long as no address changes."""
    asked = f"{request.query_params.get('filter')}|{request.query_params.get('order_by')}"
    version, known, rows = account.sorted_addresses
    if version != account.version or known != asked:
        wanted = clauses(request)
        found = matching(_candidates(account, wanted), wanted, TESTS)
        rows = ordered(found, request, ORDERS, "email")
        account.sorted_addresses = (account.version, asked, rows)
    return rows


def _candidates(account: Account, wanted: list[Clause]) -> list[Json]:
    for clause in wanted:
        if clause.field == "emails":
            keys = [value.lower() for value in clause.values]
            return [account.addresses[key] for key in keys if key in account.addresses]
        if clause.field == "statuses":
            if unknown := set(clause.values) - set(STATUSES):
                raise KeapError(400, f"Invalid statuses: {sorted(unknown)}", domain="email")
            keys = [key for status in clause.values for key in account.by_status[status]]
            return [account.addresses[key] for key in keys]
    return list(account.addresses.values())


def _is_among(row: Json, _: str, value: str) -> bool:
    return row["email"].lower() in {part.strip().lower() for part in value.split(",")}


def _is_opted_in(row: Json, _: str, value: str) -> bool:
    return bool(row["opted_in"]) == (value.casefold() == "true")


TESTS = {"emails": _is_among, "statuses": one_of("status"), "opted_in": _is_opted_in}


def _dies_after(account: Account, email: str) -> timedelta | None:
    chance = account.world.random("new address", email.lower())
    if email.lower().rpartition("@")[2] in TYPO_DOMAINS:
        return timedelta(hours=chance.randrange(1, 72))
    if chance.random() < STILLBORN:
        return timedelta(hours=chance.randrange(24, 24 * 29))
    return None


def _death(account: Account, email: str) -> Event:
    async def bounce() -> None:
        if account.addresses[email.lower()]["status"] in DELIVERABLE:
            account.set_status(email, "HARD_BOUNCE", by="keap", reason="mailbox does not exist")

    return bounce


def _heal_one_seen(account: Account, request: Request) -> None:
    """A row of an earlier page leaves the list, so that the next page skips one."""
    seen = _listed(account, request)[: offset(request)]
    soft = [row for row in seen if row["status"] == "BOUNCE"]
    if soft:
        row = account.world.random("mutation", account.world.requests).choice(soft)
        account.set_status(row["email"], "SINGLE_OPT_IN", by="keap", reason="delivered again")


def schedule_waves(account: Account) -> None:
    """Every Saturday Keap's weekly mailing changes what it knows of some addresses."""
    now = account.world.clock.now()
    saturday = (now + timedelta(days=(5 - now.weekday()) % 7)).replace(
        hour=6, minute=0, second=0, microsecond=0
    )
    _schedule_wave(account, saturday if saturday > now else saturday + timedelta(days=7))


def _schedule_wave(account: Account, at: datetime) -> None:
    async def wave() -> None:
        _wave(account, at)
        _schedule_wave(account, at + timedelta(days=7))

    account.world.clock.on_date(at, wave)


def _wave(account: Account, at: datetime) -> None:
    chance = account.world.random("wave", at.date().isoformat())
    for key in sorted(account.by_status["BOUNCE"]):
        luck = chance.random()
        if luck < 0.15:
            account.set_status(key, "HARD_BOUNCE", by="keap", reason="bounced again")
        elif luck < 0.3:
            account.set_status(key, "SINGLE_OPT_IN", by="keap", reason="delivered again")
    reached = sorted(account.by_status["SINGLE_OPT_IN"] | account.by_status["CONFIRMED"])
    for key in chance.sample(reached, k=min(len(reached), max(1, len(reached) // 200))):
        status = chance.choice(("BOUNCE", "BOUNCE", "HARD_BOUNCE"))
        account.set_status(key, status, by="keap", reason="weekly wave")
