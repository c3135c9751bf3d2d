"""What a country's law narrows: hours, channels that a block list binds, consent to be called.

The rules themselves are data with their sources, `recovery/data/countries.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from recovery.domain.country_codes import iso2
from recovery.domain.email_status import EmailStatus
from recovery.domain.window import ALL_DAY, Window, common

__all__ = ["Countries", "CountryRules", "RegionRules", "iso2", "subdivision"]


def subdivision(region_code: str | None, *, country: str | None) -> str | None:
    """A state's code without its country: "RJ" from "BR-RJ" or "rj"; None where it is unknown."""
    code = (region_code or "").strip().upper()
    if country and code.startswith(f"{country}-"):
        code = code[len(country) + 1 :]
    return code or None


@dataclass(frozen=True, slots=True)
class RegionRules:
    """What one state adds to its country's rules."""

    weekday: Window | None = ALL_DAY
    saturday: Window | None = ALL_DAY
    sunday: Window | None = ALL_DAY
    registry_binds: frozenset[str] = frozenset()
    registry: str = ""
    #: Beginnings of the E.164 numbers that belong to this state, such as "+5521".
    area_codes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountryRules:
    """A country's rules; a day without a rule is open, a closed one is None."""

    country: str
    weekday: Window | None = ALL_DAY
    saturday: Window | None = ALL_DAY
    sunday: Window | None = ALL_DAY
    #: Nobody is contacted on the country's public holidays.
    holidays: bool = False
    #: "whatsapp" and "call": channels for which the country's block list has to be asked.
    registry_binds: frozenset[str] = frozenset()
    registry: str = ""
    #: Numbers of the e-mail statuses (1 to 14) whose people may be called with consent only.
    calls_need_consent_statuses: frozenset[int] = frozenset()
    no_contact_without_consent: bool = False
    regions: Mapping[str, RegionRules] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    @property
    def block_lists(self) -> tuple[str, ...]:
        """Names of the block lists that have to be asked, those of its states included."""
        own = [self.registry] if self.registry_binds else []
        return (*own, *(r.registry for r in self.regions.values() if r.registry_binds))

    def needs_call_consent(self, status: EmailStatus) -> bool:
        """Does the law ask for a consent to calls from people in this status?"""
        return self.no_contact_without_consent or status.number in self.calls_need_consent_statuses

    def region_of(self, e164: str, *, region_code: str | None = None) -> str | None:
        """The state whose rule counts: the address's, else the one that the area code belongs to.

        `e164` must be a number of this country; None where no state's rule is known.
        """
        stated = subdivision(region_code, country=self.country)
        if stated in self.regions:
            return stated
        for code, rules in self.regions.items():
            if e164.startswith(rules.area_codes):
                return code
        return None

    def within(self, region_code: str | None) -> "CountryRules":
        """The rules narrowed by the state's own; themselves where it has none."""
        rules = self.regions.get(subdivision(region_code, country=self.country) or "")
        if rules is None:
            return self
        return replace(
            self,
            weekday=common(self.weekday, rules.weekday),
            saturday=common(self.saturday, rules.saturday),
            sunday=common(self.sunday, rules.sunday),
            registry_binds=self.registry_binds | rules.registry_binds,
            registry=rules.registry or self.registry,
            sources=self.sources + rules.sources,
        )


@dataclass(frozen=True, slots=True)
class Countries:
    """All countries of whose law we know; the others have no rule but the firm's own."""

    rules: Mapping[str, CountryRules]

    def get(self, country: str | None) -> CountryRules | None:
        """The rules of a country, by its ISO-2 or ISO-3 code."""
        code = iso2(country)
        return self.rules.get(code) if code else None
