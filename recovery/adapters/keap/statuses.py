"""E-mail statuses: they belong to the address, so they are asked for by address."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from recovery.adapters.keap import operations as op
from recovery.adapters.keap.errors import PROVIDER, Gone
from recovery.adapters.keap.schemas import Unreadable, status_row_of, status_rows_of
from recovery.adapters.keap.wire import Body, Query, Wire, next_token, rows_of
from recovery.domain.email_status import EmailStatus, parse_email_status
from recovery.errors import Call, ContractBroken, PermanentFailure, Unsupported
from recovery.services.ports import StatusPage, StatusRow

PAGE = ("page_size", "1000")
#: A query much longer than this is cut off or refused by common gateways.
LONGEST_VALUE = 7_500
_OURS = frozenset({EmailStatus.NO_EMAIL, EmailStatus.UNKNOWN})


def can_be_filtered(value: str) -> bool:
    """Keap's filters have no escape for their own signs."""
    return not {",", ";", "*"} & set(value)


def in_queries(values: Sequence[str], *, at_most: int) -> Iterator[list[str]]:
    """The values in batches that fit one query."""
    batch: list[str] = []
    length = 0
    for value in values:
        size = len(quote(value)) + 1
        if batch and (len(batch) == at_most or length + size > LONGEST_VALUE):
            yield batch
            batch, length = [], 0
        batch.append(value)
        length += size
    if batch:
        yield batch


class NotAgreed(Exception):
    """What the person agreed to is no longer what Keap shows."""


class Statuses:
    """The status part of `Crm`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def status_page(
        self, statuses: Sequence[EmailStatus], *, token: str | None = None
    ) -> StatusPage:
        """One page of the addresses in these statuses, by e-mail; Unsupported where missing."""
        wanted = ",".join(status.value for status in statuses if status not in _OURS)
        query = [("filter", f"statuses=={wanted}"), ("order_by", "email asc"), PAGE]
        page = self._first_or_next(query, token)
        following = next_token(page)
        if following is not None and following == token:
            raise ContractBroken(
                Call(PROVIDER, op.LIST_STATUSES.name), "Keap's pages go round in a circle."
            )
        rows = rows_of(page, "email_addresses", op.LIST_STATUSES)
        return StatusPage(status_rows_of(rows), following)

    def statuses_of(self, emails: Sequence[str]) -> dict[str, StatusRow]:
        """The present status of each address, keyed by lower-case e-mail."""
        raw = self.raw_statuses(emails)
        return {email: status_row_of(row) for email, row in raw.items()}

    def raw_statuses(self, emails: Sequence[str]) -> dict[str, dict[str, Any]]:
        """As Keap answers them, keyed by lower-case e-mail; unknown addresses are left out."""
        wanted = list(dict.fromkeys(email.lower() for email in emails))
        listed = [email for email in wanted if can_be_filtered(email)]
        found: dict[str, dict[str, Any]] = {}
        alone = [email for email in wanted if not can_be_filtered(email)]
        for batch in in_queries(listed, at_most=100):
            try:
                found |= self._listed(batch)
            except (Unsupported, PermanentFailure):
                alone += batch
        return found | self._one_by_one(alone)

    def opt_in(self, email: str, *, reason: str, still: Callable[[], bool]) -> EmailStatus | None:
        """Asks Keap to make the address marketable; answers the status Keap gave it. None, with
        nothing written, where `still` says no, which looks into Keap before each try."""

        def afresh() -> tuple[Query, Body]:
            if not still():
                raise NotAgreed
            return (), {"opted_in": True, "reason": reason}

        try:
            answer = self._wire.change(op.UPDATE_STATUS, email, afresh=afresh)
        except NotAgreed:
            return None
        return parse_email_status(answer.get("status"))

    def opt_out(self, email: str, *, reason: str) -> EmailStatus:
        """Asks Keap to write to it no more; answers the status Keap gave it. To an address that
        Keap has no more it does not write."""
        body = {"opted_in": False, "reason": reason}
        try:
            answer = self._wire.call(op.UPDATE_STATUS, email, body=body)
        except Gone:
            return EmailStatus.UNLISTED
        return parse_email_status(answer.get("status"))

    def _first_or_next(self, query: list[tuple[str, str]], token: str | None) -> dict[str, Any]:
        more = [("page_token", token)] if token else []
        try:
            return self._wire.call(op.LIST_STATUSES, query=[*query, *more])  # type: ignore[no-any-return]
        except PermanentFailure as error:
            if error.call.status == 400 and token is None:
                self._wire.mark_unsupported(op.LIST_STATUSES)
                raise Unsupported(error.call) from None
            raise

    def _listed(self, emails: list[str]) -> dict[str, dict[str, Any]]:
        wanted = set(emails)
        query = [("filter", f"emails=={','.join(emails)}"), PAGE]
        found = {}
        for rows in self._wire.pages(op.LIST_STATUSES, key="email_addresses", query=query):
            for raw in rows:
                email = _address_of(raw)
                if email in wanted:
                    found[email] = raw
            if len(found) == len(wanted):
                break
        return found

    def _one_by_one(self, emails: list[str]) -> dict[str, dict[str, Any]]:
        found = {}
        for email in emails:
            try:
                raw = self._wire.call(op.GET_STATUS, email)
            except Gone:
                continue
            if _address_of(raw) == email:
                found[email] = raw
        return found


def _address_of(raw: Any) -> str | None:
    try:
        return status_row_of(raw).email.lower()
    except Unreadable:
        return None
