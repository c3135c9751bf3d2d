"""The account's users, and who of them writes our notes."""

from collections.abc import Iterator
from typing import Any

from recovery.adapters.keap import operations as op
from recovery.adapters.keap.schemas import Unreadable, user_of
from recovery.adapters.keap.wire import Wire
from recovery.errors import Unsupported
from recovery.services.ports import CrmUser


class People:
    """The users' part of `Crm`."""

    def __init__(self, wire: Wire, *, user_id: str | None) -> None:
        self._wire = wire
        self._acting = user_id

    def users(self) -> tuple[CrmUser, ...]:
        """The account's users."""
        return tuple(user for user, _ in self._users())

    def acting_user(self) -> str | None:
        """Who writes notes: the setting, else the token's user, else the first active admin."""
        if self._acting is None:
            self._acting = self._find_acting()
        return self._acting

    def _find_acting(self) -> str | None:
        told = self._token_user()
        known = list(self._users())
        active = [(user, is_admin) for user, is_admin in known if user.is_active]
        for user, _ in active:
            if user.id in told or (user.email and user.email.lower() in told):
                return user.id
        return next((user.id for user, is_admin in active if is_admin), None)

    def _token_user(self) -> set[str]:
        """The names the token's user may go by in the list: ids, or the e-mail."""
        try:
            info = self._wire.call(op.USER_INFO)
        except Unsupported:
            return set()
        return {
            str(info[key]).lower() for key in ("id", "sub", "keap_id", "email") if info.get(key)
        }

    def _users(self) -> Iterator[tuple[CrmUser, bool]]:
        for rows in self._wire.pages(op.LIST_USERS, key="users", query=[("page_size", "100")]):
            for raw in rows:
                if (user := _readable(raw)) is not None:
                    yield user, raw.get("admin") is True


def _readable(raw: Any) -> CrmUser | None:
    try:
        return user_of(raw)
    except Unreadable:
        return None
