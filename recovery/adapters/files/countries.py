"""Reads the shipped rules of countries, `recovery/data/countries.toml`, into the domain's types."""

import tomllib
from collections.abc import Mapping
from datetime import time
from importlib import resources
from pathlib import Path
from typing import Any

from recovery.domain.country import Countries, CountryRules, RegionRules
from recovery.domain.window import ALL_DAY, Window
from recovery.errors import ConfigurationError

_CHANNELS = frozenset({"call", "whatsapp"})
_DAYS = ("weekday", "saturday", "sunday")
_REGION_KEYS = frozenset({*_DAYS, "registry", "registry_binds", "area_codes", "sources"})
_COUNTRY_KEYS = (_REGION_KEYS - {"area_codes"}) | {
    "holidays",
    "calls_need_consent",
    "no_contact_without_consent",
    "regions",
}


def load_countries(path: Path | None = None) -> Countries:
    """The rules by country; a ConfigurationError names the country and the key that is wrong."""
    source = path or resources.files("recovery") / "data" / "countries.toml"
    try:
        tables = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"countries.toml cannot be read: {error}") from error
    return Countries({code: _country(code, table) for code, table in tables.items()})


def _country(code: str, table: Mapping[str, Any]) -> CountryRules:
    _only(table, _COUNTRY_KEYS, code)
    regions = table.get("regions", {})
    return CountryRules(
        country=code,
        weekday=_window(table, "weekday", code),
        saturday=_window(table, "saturday", code),
        sunday=_window(table, "sunday", code),
        holidays=bool(table.get("holidays", False)),
        registry_binds=_channels(table, code),
        registry=table.get("registry", ""),
        calls_need_consent_statuses=frozenset(table.get("calls_need_consent", ())),
        no_contact_without_consent=bool(table.get("no_contact_without_consent", False)),
        regions={name: _region(f"{code}.{name}", each) for name, each in regions.items()},
        sources=_sources(table, code),
    )


def _region(name: str, table: Mapping[str, Any]) -> RegionRules:
    _only(table, _REGION_KEYS, name)
    return RegionRules(
        weekday=_window(table, "weekday", name),
        saturday=_window(table, "saturday", name),
        sunday=_window(table, "sunday", name),
        registry_binds=_channels(table, name),
        registry=table.get("registry", ""),
        area_codes=tuple(table.get("area_codes", ())),
        sources=_sources(table, name),
    )


def _window(table: Mapping[str, Any], day: str, name: str) -> Window | None:
    if day not in table:
        return ALL_DAY
    text = table[day]
    if text == "":
        return None
    try:
        opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    except (ValueError, AttributeError) as error:
        raise _wrong(name, day, 'write it as "08:00-18:00"') from error
    if opens >= closes:
        raise _wrong(name, day, "it closes before it opens")
    return Window(opens, closes)


def _channels(table: Mapping[str, Any], name: str) -> frozenset[str]:
    channels = frozenset(table.get("registry_binds", ()))
    if not channels <= _CHANNELS:
        raise _wrong(name, "registry_binds", 'only "call" and "whatsapp" are known')
    return channels


def _sources(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    sources = tuple(table.get("sources", ()))
    if not sources:
        raise _wrong(name, "sources", "every rule names the law it comes from")
    return sources


def _only(table: Mapping[str, Any], keys: frozenset[str], name: str) -> None:
    for key in table:
        if key not in keys:
            raise _wrong(name, key, "no such key; see the head of the file")


def _wrong(name: str, key: str, mend: str) -> ConfigurationError:
    return ConfigurationError(f"countries.toml, [{name}] {key}: {mend}")
