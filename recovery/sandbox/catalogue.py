"""What the firm set up in its Keap account: users, tags, custom fields."""

from typing import Any

Json = dict[str, Any]

#: The first is who the key belongs to; contacts of "9" wait for an owner who left.
USERS: tuple[Json, ...] = tuple(
    {
        "id": number,
        "status": status,
        "given_name": given,
        "family_name": family,
        "admin": number == "1",
        "partner": False,
        "email_addresses": [{"email": f"{given.lower()}@firm.example", "field": "EMAIL1"}],
        "global_user_id": f"8100{number}",
        "keap_id": f"{given.lower()}@firm.example",
        "create_time": "2019-03-01T15:00:00.000Z",
        "update_time": "2026-01-10T15:00:00.000Z",
    }
    for number, given, family, status in (
        ("1", "Elena", "Prado", "ACTIVE"),
        ("3", "Tomás", "Rey", "ACTIVE"),
        ("5", "Bianca", "Moura", "ACTIVE"),
        ("7", "Noel", "Ruiz", "ACTIVE"),
        ("9", "Saul", "Mora", "INACTIVE"),
    )
)

CATEGORIES: tuple[Json, ...] = (
    {"id": "10", "name": "Consent", "description": "What people agreed to"},
    {"id": "12", "name": "Customers", "description": "Who buys"},
)

#: `share` of the contacts (of those with a mobile) have it from the start.
TAGS: tuple[Json, ...] = (
    {"id": "101", "name": "WhatsApp opt-in", "category": "10", "share": 0.6, "of_mobiles": True},
    {"id": "103", "name": "VIP", "category": "12", "share": 0.03, "of_mobiles": False},
    {"id": "105", "name": "Newsletter", "category": "10", "share": 0.5, "of_mobiles": False},
    {"id": "107", "name": "Cliente", "category": "12", "share": 0.2, "of_mobiles": False},
    {"id": "109", "name": "Webinar 2025 🎥", "category": "", "share": 0.15, "of_mobiles": False},
)

CUSTOM_FIELDS: tuple[Json, ...] = tuple(
    {
        "id": number,
        "label": label,
        "field_type": kind,
        "field_name": name,
        "record_type": "CONTACT",
        "group_id": "1",
        "group_name": "Custom Fields",
        "options": [{"id": f"{number}{n}", "label": text} for n, text in enumerate(options)],
    }
    for number, label, name, kind, options in (
        ("21", "Producto preferido", "ProductoPreferido", "TEXT", ()),
        ("23", "Notas de la llamada", "NotasLlamada", "TEXT_AREA", ()),
        ("25", "Cumpleaños", "Cumpleanos", "DATE", ()),
        ("27", "Plan", "Plan", "DROPDOWN", ("Básico", "Pro", "Élite")),
        ("29", "Acepta WhatsApp", "AceptaWhatsApp", "YES_NO", ()),
    )
)
