"""The contacts a sandbox starts with: contact number i is a function of seed, i and the day."""

import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from recovery.sandbox import dialling, history
from recovery.sandbox.catalogue import CUSTOM_FIELDS, TAGS, USERS
from recovery.sandbox.places import BY_SHARE, NAMES, ODD_NAMES, SURNAMES, TYPO_DOMAINS, Place

Json = dict[str, Any]
NO_EMAIL = "NO_EMAIL"

#: How many of two hundred contacts have which status: every status is there, 52 % get mail.
SHARES = {
    "SINGLE_OPT_IN": 58, "CONFIRMED": 22, "UNENGAGED_MARKETABLE": 18, "DOUBLE_OPT_IN": 6,
    "NON_MARKETABLE": 14, "UNENGAGED_NON_MARKETABLE": 5, NO_EMAIL: 10, "LOCKDOWN": 3,
    "BOUNCE": 10, "HARD_BOUNCE": 20, "DEACTIVATED": 3, "MANUAL": 14, "ADMIN": 3,
    "LIST_UNSUBSCRIBE": 4, "FEEDBACK": 2, "SPAM": 2, "INVALID": 4, "SYSTEM": 2,
}  # fmt: skip
BLOCK = tuple(status for status, count in SHARES.items() for _ in range(count))
SECOND_ADDRESS = ("SINGLE_OPT_IN", "SINGLE_OPT_IN", "CONFIRMED", "NON_MARKETABLE",
                  "NON_MARKETABLE", "HARD_BOUNCE", "BOUNCE", "MANUAL")  # fmt: skip
DOMAINS = ("example.com", "example.org", "example.net", "correo.example", "empresa.example",
           "mail.example", "tienda.example", "estudio.example")  # fmt: skip
#: These of each two hundred share the switchboard of one office.
OFFICE = frozenset({7, 19, 23, 31, 37, 41, 43, 59})


@dataclass(slots=True)
class Seed:
    """One contact with all that Keap keeps about it beside the record itself."""

    contact: Json
    #: address → (status, when it was first recorded, when it was last written to)
    addresses: dict[str, tuple[str, str, str]]
    tags: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[Json]] = field(default_factory=dict)


def seeds(seed: int, *, contacts: int, day: datetime) -> Iterator[Seed]:
    """All contacts in ascending order of id; times are relative to the start of `day`."""
    today = day.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    earlier: deque[Seed] = deque(maxlen=40)
    for index in range(contacts):
        seeded = _seed(seed, index, today, earlier)
        earlier.append(seeded)
        yield seeded


def stamp(moment: datetime) -> str:
    """A time as Keap writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _seed(seed: int, index: int, today: datetime, earlier: Sequence[Seed]) -> Seed:
    chance = Random(f"{seed}:contact:{index}")
    place = BY_SHARE[_shuffled(seed, "place", index // 100, 100)[index % 100]]
    created = today - timedelta(hours=chance.randrange(24 * 40, 24 * 3600))
    updated = created + (today - created) * chance.random()
    given, family = _name(chance, place)
    contact: Json = {
        "id": str(1001 + index * 3 + chance.randrange(3)),
        "given_name": given,
        "family_name": family,
        "create_time": stamp(created),
        "update_time": stamp(updated),
    }
    phones = _phones(chance, seed, index, place)
    addresses = _addresses(chance, seed, index, contact, (created, today))
    if earlier and chance.random() < 0.03:
        addresses |= _entered_twice(contact, chance.choice(earlier))
    contact["phone_numbers"] = phones
    contact["addresses"] = _home(chance, place)
    contact |= _about(chance, place)
    seeded = Seed(contact, addresses, _tags(chance, phones, updated))
    contact["tag_ids"] = list(seeded.tags)
    seeded.records = history.of(chance, contact, created=created, today=today)
    return seeded


@cache
def _shuffled(seed: int, what: str, block: int, size: int) -> tuple[int, ...]:
    order = list(range(size))
    Random(f"{seed}:{what}:{block}").shuffle(order)
    return tuple(order)


def _name(chance: Random, place: Place) -> tuple[str, str]:
    if chance.random() < 0.03:
        return chance.choice(ODD_NAMES)
    given = chance.choice(NAMES[place.language])
    surnames = SURNAMES[place.language]
    family = chance.choice(surnames)
    if place.language == "es" and chance.random() < 0.5:
        family = f"{family} {chance.choice(surnames)}"
    return given, family


def _twin_of(chance: Random, index: int, share: float) -> int | None:
    """An earlier contact that is the same person, for a few."""
    return index - chance.randint(1, min(index, 40)) if index and chance.random() < share else None


def _phones(chance: Random, seed: int, index: int, place: Place) -> list[Json]:
    luck, twin = chance.random(), _twin_of(chance, index, 0.04)
    if twin is not None:
        place = BY_SHARE[_shuffled(seed, "place", twin // 100, 100)[twin % 100]]
    number = dialling.mobile(place, index if twin is None else twin)
    if luck < 0.78 or twin is not None:
        first = dialling.field(chance, place, number, name="PHONE1", kind="Mobile")
    elif luck < 0.86:
        number = dialling.landline(place, index)
        first = dialling.field(chance, place, number, name="PHONE1", kind="Work")
    elif luck < 0.91:
        first = {"field": "PHONE1", "type": "Mobile", "number": dialling.garbage(chance)}
    else:
        return _office(chance, seed, index, [])
    phones = [first]
    if chance.random() < 0.15:
        second = dialling.landline(place, index)
        phones.append(dialling.field(chance, place, second, name="PHONE2", kind="Work"))
    for phone in phones:
        phone["number"] = phone["number"][:40]
    return _office(chance, seed, index, phones)


def _office(chance: Random, seed: int, index: int, phones: list[Json]) -> list[Json]:
    block, at = divmod(index, 200)
    if at not in OFFICE:
        return phones
    place = BY_SHARE[_shuffled(seed, "office", block, 100)[0]]
    number = dialling.landline(place, 5_000_000 + block)
    shared = dialling.field(chance, place, number, name="PHONE1", kind="Work")
    others = [{**phone, "field": f"PHONE{n}"} for n, phone in enumerate(phones, start=2)]
    return [shared, *others]


def _addresses(
    chance: Random, seed: int, index: int, contact: Json, life: tuple[datetime, datetime]
) -> dict[str, tuple[str, str, str]]:
    status = BLOCK[_shuffled(seed, "status", index // 200, 200)[index % 200]]
    contact["email_addresses"] = []
    if status == NO_EMAIL:
        return {}
    fields = [(_address(chance, contact, index, status), status)]
    if chance.random() < 0.18:
        fields.append((f"alt{index}@{chance.choice(DOMAINS)}", chance.choice(SECOND_ADDRESS)))
        if chance.random() < 0.15:
            fields.append((f"otro.{index}@{chance.choice(DOMAINS)}", chance.choice(SECOND_ADDRESS)))
    contact["email_addresses"] = [
        {"email": email, "field": f"EMAIL{n}"} for n, (email, _) in enumerate(fields, start=1)
    ]
    created, today = life
    sent = today - timedelta(days=chance.randrange(2, 60), hours=chance.randrange(24))
    times = stamp(created), stamp(max(sent, created))
    return {email: (status, *times) for email, status in fields}


def _entered_twice(contact: Json, first: Seed) -> dict[str, tuple[str, str, str]]:
    """Makes the contact a second record of somebody: the same address, written otherwise."""
    if not first.addresses:
        return {}
    address, known = next(iter(first.addresses.items()))
    contact["given_name"] = first.contact["given_name"]
    contact["family_name"] = first.contact["family_name"]
    others = contact["email_addresses"][1:]
    contact["email_addresses"] = [{"email": address.title(), "field": "EMAIL1"}, *others]
    return {address.title(): known}


def _address(chance: Random, contact: Json, index: int, status: str) -> str:
    name = _ascii(f"{contact['given_name']}.{contact['family_name'].split(' ')[0]}") or "contacto"
    domain = chance.choice(TYPO_DOMAINS if status == "INVALID" else DOMAINS)
    address = f"{name}{index}@{domain}"
    return address.title() if chance.random() < 0.04 else address


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum() or letter == ".").strip(".")


def _home(chance: Random, place: Place) -> list[Json]:
    luck = chance.random()
    if luck < 0.12:
        return []
    town, region = chance.choice(place.towns)
    home = {
        "field": "BILLING",
        "line1": f"Calle {chance.randrange(1, 120)} # {chance.randrange(1, 99)}",
        "locality": town,
        "postal_code": f"{chance.randrange(10000, 99999)}",
        "region_code": region,
        "country_code": place.alpha3,
    }
    if luck < 0.2:
        return [{"field": "BILLING", "locality": town, "country": place.locale[-2:]}]
    return [home]


def _about(chance: Random, place: Place) -> Json:
    answer: Json = {"source_type": chance.choice(("WEBFORM", "IMPORT", "MANUAL", "LANDING_PAGE"))}
    locale, zone = chance.random(), chance.random()
    if locale < 0.6:
        answer["preferred_locale"] = place.locale
    elif locale < 0.72:
        answer["preferred_locale"] = "en_US"
    if zone < 0.22 and place.zone:
        answer["time_zone"] = place.zone
    elif zone < 0.45:
        answer["time_zone"] = "America/New_York"
    if chance.random() < 0.8:
        answer["owner_id"] = chance.choice(USERS)["id"]
    if chance.random() < 0.5:
        answer["score_value"] = str(chance.randrange(0, 101))
    if chance.random() < 0.3:
        number = chance.randrange(1, 60)
        answer["company"] = {"id": str(90_000 + number), "company_name": f"Comercial {number}"}
        answer["job_title"] = chance.choice(("Gerente", "Compras", "Dueña", "CEO 🚀", "Vendedor"))
    if chance.random() < 0.4:
        answer["custom_fields"] = [_custom(chance, model) for model in CUSTOM_FIELDS[:4]]
    return answer


def _custom(chance: Random, model: Json) -> Json:
    match model["field_type"]:
        case "TEXT_AREA" if chance.random() < 0.1:
            content: object = "Cliente desde hace años; prefiere la tarde. ¡Ojo con el envío! " * 80
        case "DATE":
            content = f"{chance.randrange(1960, 2005)}-{chance.randrange(1, 13):02d}-14"
        case "YES_NO":
            content = chance.choice((0, 1))
        case "DROPDOWN":
            content = chance.choice(model["options"])["label"]
        case _:
            content = chance.choice(("Plan básico", "Curso 2025", "Asesoría", "Kit inicial"))
    return {"id": model["id"], "content": content}


def _tags(chance: Random, phones: list[Json], updated: datetime) -> dict[str, str]:
    answer = {}
    has_mobile = any(phone["type"] == "Mobile" for phone in phones)
    for tag in TAGS:
        share = tag["share"] if has_mobile or not tag["of_mobiles"] else 0
        if chance.random() < share:
            answer[tag["id"]] = stamp(updated - timedelta(days=chance.randrange(1, 20)))
    return answer
