"""Cases, persons and attempts for tests: say what matters, the rest is plain."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from recovery.adapters.files.countries import load_countries
from recovery.adapters.files.policy_file import load_policy
from recovery.domain.case import (
    Attempt,
    AttemptState,
    Case,
    CaseId,
    CaseState,
    Channel,
    Disposition,
)
from recovery.domain.contact import ContactId
from recovery.domain.email_status import EmailStatus
from recovery.domain.person import Basis, Consent, Member, Number, Person
from recovery.domain.phone import Phone, phone_from_e164
from recovery.domain.policy import Policy
from recovery.domain.policy_making import make_policy
from recovery.domain.situation import Situation
from recovery.domain.zone import number_zones

#: Monday in Mexico, no public holiday near: ten in the morning.
MEXICO = ZoneInfo("America/Mexico_City")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=MEXICO).astimezone(UTC)
MEXICAN, BRAZILIAN, SPANISH = "+525512345678", "+5511987654321", "+34612345678"
PERUVIAN, AMERICAN, ARGENTINE = "+51987654321", "+12025550123", "+5491123456789"

CAREFUL = load_policy()
COUNTRIES = load_countries()
WHATSAPP_CONSENT = Consent(Channel.WHATSAPP, Basis.TAG, MONDAY - timedelta(days=900))
OWN_CONSENT = Consent(Channel.WHATSAPP, Basis.INBOUND, MONDAY - timedelta(minutes=5))
CALL_CONSENT = Consent(Channel.CALL, Basis.REP, MONDAY - timedelta(days=900))
OWN_CALL_CONSENT = Consent(Channel.CALL, Basis.REP, MONDAY - timedelta(minutes=5))


@cache
def shipped() -> dict[str, Any]:
    """The shipped policy file as it is read."""
    text = (resources.files("recovery") / "data" / "policy.toml").read_text("utf-8")
    return tomllib.loads(text)


def a_policy(**own: Any) -> Policy:
    """The shipped policy with these differences."""
    return make_policy(shipped(), own)


GUIDE = a_policy(profile="guide")


def a_number(e164: str = MEXICAN, **more: Any) -> Number:
    """A number in all the zones it may be in."""
    phone = _phone(e164)
    return Number(phone, more.pop("zones", number_zones(phone)), key=f"p{phone.key}", **more)


@cache
def _phone(e164: str) -> Phone:
    phone = phone_from_e164(e164)
    assert phone is not None
    return phone


def a_member(
    status: EmailStatus = EmailStatus.HARD_BOUNCE,
    *,
    contact_id: str = "1",
    since: datetime = MONDAY - timedelta(days=30),
    works: str | None = None,
) -> Member:
    """A contact of a person; `works` is another address of theirs that Keap delivers to."""
    return Member(ContactId(contact_id), status, since, other_deliverable=works)


def a_person(
    status: EmailStatus = EmailStatus.HARD_BOUNCE,
    *,
    numbers: tuple[Number | str, ...] = (MEXICAN,),
    consents: tuple[Consent, ...] = (),
    others: tuple[Member, ...] = (),
    since: datetime = MONDAY - timedelta(days=30),
    works: str | None = None,
    **more: Any,
) -> Person:
    """A person of one contact, and of `others` who share a phone or an address."""
    contact = a_member(status, since=since, works=works)
    made = tuple(n if isinstance(n, Number) else a_number(n) for n in numbers)
    return Person(contact, (contact, *others), made, consents, **more)


def a_case(state: CaseState = CaseState.OPEN, **more: Any) -> Case:
    """An open case, opened on the Monday."""
    plain: dict[str, Any] = {"round": 1, "version": 1, "opened_at": MONDAY}
    return Case(CaseId(1), "1", state, **{**plain, **more})


def an_attempt(
    step: str = "m1",
    state: AttemptState = AttemptState.DELIVERED,
    *,
    at: datetime = MONDAY,
    number: str = MEXICAN,
    disposition: Disposition | None = None,
    ended_at: datetime | None = None,
    planned_on: date | None = None,
) -> Attempt:
    """A message (`m1`, `m2`, a rep's `w1`) or a call (`c1` …, `callback-…`); calls fall where they
    began."""
    is_call = not step.startswith(("m", "w"))
    if is_call and state is not AttemptState.QUEUED:
        ended_at = ended_at or at
    return Attempt(
        step=step,
        channel=Channel.CALL if is_call else Channel.WHATSAPP,
        state=state,
        number_key=a_number(number).key,
        created_at=at,
        ended_at=ended_at,
        disposition=disposition,
        due_at=at if is_call else None,
        template=None if is_call else "new_email_first",
        planned_on=planned_on or (at.astimezone(MEXICO).date() if is_call else None),
    )


def a_situation(
    person: Person | None = None,
    *attempts: Attempt,
    case: Case | None = None,
    now: datetime = MONDAY,
    policy: Policy = CAREFUL,
    **more: Any,
) -> Situation:
    """A case at one moment; by default a fresh one of a hard bounce without consent."""
    return Situation(
        case or a_case(), person or a_person(), attempts, policy, COUNTRIES, now, **more
    )


def local(text: str, zone: str = "America/Mexico_City") -> datetime:
    """A local ISO time as the moment it is."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def here(moment: datetime | None, zone: str = "America/Mexico_City") -> str:
    """A moment as the wall clock shows it, with its weekday."""
    assert moment is not None
    return f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"
