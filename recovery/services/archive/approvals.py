"""A person's consent to delete exactly one set: who may give it, how they prove it, how long."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from recovery.domain.archive import BatchState
from recovery.domain.policy import ApprovalRule, Policy
from recovery.errors import Refusal
from recovery.services.ports import Clock
from recovery.services.users.service import User, Users

CODE_MINUTES = 10
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Approvable:
    """What of a batch an approval is about; `set_sha256` names exactly its contacts and rows."""

    batch_id: str
    state: BatchState
    set_sha256: str
    account: str
    built_by: str
    contacts: int
    base: int


@dataclass(frozen=True, slots=True)
class Approval:
    """A consent on record; `used_at` is when a deletion began under it."""

    id: int
    batch_id: str
    set_sha256: str
    approver: str
    expires_at: datetime
    used_at: datetime | None = None


class ApprovalStore(Protocol):
    """Where approvals are kept; each method is one transaction."""

    def approvable(self, batch_id: str) -> Approvable | None:
        """The batch as an approver must see it."""

    def standing_approval(self, batch_id: str, *, now: datetime) -> Approval | None:
        """The approval of this batch that has not run out."""

    def give(
        self, batch: Approvable, *, approver: str, method: str, at: datetime, until: datetime
    ) -> Approval | None:
        """Records the approval; None when the set changed, or another approval stands."""

    def reject(self, batch: Approvable, *, by: str, at: datetime) -> int | None:
        """Spares all that wait in it, for another hold; None when it changed or is approved."""

    def add_code(self, batch_id: str, *, approver: str, code_hash: str, until: datetime) -> None:
        """Stores a one-time code by its hash; older ones of this approver and batch die."""

    def take_code(self, batch_id: str, code_hash: str, *, now: datetime) -> str | None:
        """Uses a code up and answers whose it was; None when wrong, used or too old."""


class Approvals:
    """Gives approvals; every Refusal says what to do instead."""

    def __init__(
        self,
        store: ApprovalStore,
        *,
        users: Users,
        policy: Policy,
        clock: Clock,
        account: str,
    ) -> None:
        self._store = store
        self._users = users
        self._rule = policy.approval
        self._max_share = policy.delete.max_share
        self._clock = clock
        self._account = account

    def code(self, batch_id: str, *, as_: str, factor: str | None = None) -> str:
        """A one-time code for this set, good for ten minutes, for the form in Prefect's UI."""
        batch = self._batch(batch_id)
        user = self._proven(as_, batch, factor)
        code = "".join(secrets.choice(_LETTERS) for _ in range(10))
        until = self._clock() + timedelta(minutes=CODE_MINUTES)
        hashed = _hash(batch, code)
        self._store.add_code(batch_id, approver=user.email, code_hash=hashed, until=until)
        return f"{code[:5]}-{code[5:]}"

    def approve(self, batch_id: str, *, as_: str, code: str | None = None) -> Approval:
        """Consents to delete this set; `code` is the second factor's, where the policy asks."""
        batch = self._batch(batch_id)
        user = self._proven(as_, batch, code)
        return self._give(batch, user.email, method="factor" if code else "word")

    def approve_by_code(self, batch_id: str, *, code: str) -> Approval:
        """Consents by the one-time code that `code` printed; its owner is the approver."""
        batch = self._batch(batch_id)
        hashed = _hash(batch, code.replace("-", "").replace(" ", "").upper())
        approver = self._store.take_code(batch_id, hashed, now=self._clock())
        if approver is None:
            raise Refusal(
                "the code is wrong, used or older than %(minutes)s minutes: get a new one with "
                "`recovery archive code %(id)s --as EMAIL`",
                minutes=CODE_MINUTES,
                id=batch_id,
            )
        return self._give(batch, self._allowed(approver, batch).email, method="code")

    def reject(self, batch_id: str, *, as_: str) -> int:
        """Says no: everybody in it stays, and is looked at again after another hold. Counts them.

        Who may approve may reject; saying no needs no second person and no code.
        """
        batch, user = self._batch(batch_id), self._users.get(as_)
        if not user.active or not user.role.may_approve:
            raise Refusal("only an active manager or admin decides about a batch")
        spared = self._store.reject(batch, by=user.email, at=self._clock())
        if spared is None:
            raise Refusal("this batch is approved already or changed: look at it again")
        return spared

    def _batch(self, batch_id: str) -> Approvable:
        batch = self._store.approvable(batch_id)
        if batch is None:
            raise Refusal("there is no batch %(id)s: see `recovery archive list`", id=batch_id)
        if batch.account != self._account:
            raise Refusal(
                "batch %(id)s belongs to another Keap account: %(account)s",
                id=batch_id,
                account=batch.account,
            )
        if batch.state is BatchState.BUILDING:
            raise Refusal(
                "batch %(id)s is not finished: run `recovery archive build` again", id=batch_id
            )
        if batch.state is BatchState.DONE:
            raise Refusal("batch %(id)s is done: nothing is left to approve", id=batch_id)
        return batch

    def _proven(self, email: str, batch: Approvable, factor: str | None) -> User:
        user = self._allowed(email, batch)
        standing = self._store.standing_approval(batch.batch_id, now=self._clock())
        if standing:
            raise _already(standing)
        if self._rule.second_factor:
            self._users.check_factor(user.email, factor)
        return user

    def _allowed(self, email: str, batch: Approvable) -> User:
        user = self._users.get(email)
        check_approver(user, built_by=batch.built_by, rule=self._rule)
        check_share(batch.contacts, batch.base, self._max_share)
        return user

    def _give(self, batch: Approvable, approver: str, *, method: str) -> Approval:
        now = self._clock()
        until = now + timedelta(hours=self._rule.hours)
        given = self._store.give(batch, approver=approver, method=method, at=now, until=until)
        if given:
            return given
        standing = self._store.standing_approval(batch.batch_id, now=now)
        if standing:
            raise _already(standing)
        raise Refusal("batch %(id)s changed while you looked: look at it again", id=batch.batch_id)


def check_approver(user: User, *, built_by: str, rule: ApprovalRule) -> None:
    """Refusal unless this person may consent to deleting what `built_by` put together."""
    if not user.active:
        raise Refusal("this user is locked: an active manager or admin has to approve")
    if not user.role.may_approve:
        raise Refusal("a rep cannot approve a deletion: ask a manager or an admin")
    if rule.second_person and user.email == built_by:
        raise Refusal(
            "who built a batch cannot approve it (approval.second_person): ask somebody else"
        )


def check_share(contacts: int, base: int, max_share: float) -> None:
    """Refusal for more than the policy lets one batch delete; `base` is Keap's contacts then."""
    most = int(base * max_share)
    if contacts > most:
        raise Refusal(
            "the batch holds %(contacts)s contacts; delete.max_share = %(share)s allows %(most)s "
            "of %(base)s: if that many is right, raise delete.max_share in your policy to at least "
            "%(enough)s, and restart what runs",
            contacts=contacts,
            share=max_share,
            most=most,
            base=base,
            enough=_enough(contacts, base),
        )


def _enough(contacts: int, base: int) -> float:
    """The share, rounded up to a tenth of a percent."""
    return min(1.0, (contacts * 1000 // max(base, 1) + 1) / 1000)


def _already(approval: Approval) -> Refusal:
    until = f"{approval.expires_at:%Y-%m-%d %H:%M} UTC"
    return Refusal(
        "batch %(id)s is approved already, until %(until)s: delete it with "
        "`recovery archive delete %(id)s`",
        id=approval.batch_id,
        until=until,
    )


def _hash(batch: Approvable, code: str) -> str:
    """The hash covers the set: a code for one list is worth nothing for another."""
    return hashlib.sha256(f"{batch.batch_id}|{batch.set_sha256}|{code}".encode()).hexdigest()
