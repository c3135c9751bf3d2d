"""What the stored record of a contact says: the column `data`, as a pull reads it from Keap."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from recovery.domain.country import Countries
from recovery.domain.lane import Place, place_of
from recovery.domain.phone import Phone, PhoneKind


class StoredNumber(NamedTuple):
    """A number of a record; `key` is its keyed hash, `subscriber` what all its spellings share."""

    e164: str
    subscriber: str
    kind: str
    region: str
    zones: Sequence[str]
    key: str

    @property
    def phone(self) -> Phone:
        """The number as the rules know it."""
        return Phone(self.e164, self.subscriber, PhoneKind(self.kind), self.region)

    def place(self, *, home: Mapping[str, Any], countries: Countries) -> Place:
        """Where it is; `home` is the record it comes from."""
        zones = tuple(self.zones)
        return place_of(self.e164, zones, self.region, home=home, countries=countries)


def numbers_in(data: Mapping[str, Any] | None) -> list[StoredNumber]:
    """The numbers of a record in Keap's order."""
    return [StoredNumber._make(one) for one in (data or {}).get("phones", ())]


def deciding_email(data: Mapping[str, Any] | None) -> str | None:
    """Whose status decides: the first address that Keap has of a contact."""
    emails = (data or {}).get("emails", ())
    return min(emails, key=lambda one: str(one[1]))[0] if emails else None
