"""What happened with a seeded contact before the sandbox began: notes, tasks, purchases."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from recovery.sandbox.homes import home

Json = dict[str, Any]

NOTES = (
    ("Llamada", "No contestó, intentar por la tarde."),
    ("Compra", "Preguntó por el kit y la forma de pago 😊"),
    ("Seguimiento", "Prefiere que le escriban en portugués."),
    ("Evento", "Estuvo en la feria, stand 14."),
)
#: What a purchase is called in the language its buyer is spoken to in.
_ORDERED = {"es": "Pedido en línea", "pt": "Pedido on-line", "en": "Online order"}
TASKS = ("Llamar para renovar", "Enviar catálogo", "Confirmar dirección de envío")


def of(
    chance: Random, contact: Json, *, created: datetime, today: datetime
) -> dict[str, list[Json]]:
    """Records by kind; ids are derived from the contact's, so that none depends on another."""
    life = (today - created) / 3

    def moment() -> str:
        then = created + life * (1 + chance.random())
        return then.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    answer: dict[str, list[Json]] = {}
    number = int(contact["id"]) * 10
    if chance.random() < 0.25:
        answer["notes"] = [
            _note(chance, contact, number + n, moment()) for n in range(chance.randint(1, 3))
        ]
    if chance.random() < 0.1:
        answer["tasks"] = [_task(chance, contact, number, moment())]
    if chance.random() < 0.12:
        answer["orders"] = [_order(chance, contact, number, moment())]
    if chance.random() < 0.04:
        answer["subscriptions"] = [_subscription(chance, contact, number, today)]
    if chance.random() < 0.05:
        answer["opportunities"] = [_opportunity(chance, contact, number, moment())]
    return answer


def _note(chance: Random, contact: Json, number: int, at: str) -> Json:
    title, text = chance.choice(NOTES)
    return {
        "id": str(number),
        "title": title,
        "text": text,
        "type": "Other",
        "contact_id": contact["id"],
        "create_time": at,
        "update_time": at,
        "created_by_user_id": "3",
        "last_updated_by_user_id": "3",
        "user_id": "3",
    }


def _task(chance: Random, contact: Json, number: int, at: str) -> Json:
    done = chance.random() < 0.6
    return {
        "id": str(number),
        "title": chance.choice(TASKS),
        "description": "",
        "type": "CALL",
        "priority": "ESSENTIAL",
        "completed": done,
        **({"completion_time": at} if done else {}),
        "create_time": at,
        "modification_time": at,
        "due_time": at,
        "assigned_to_user_id": contact.get("owner_id", "1"),
        "created_by_user_id": "1",
        "contact_id": contact["id"],
        "accepted": done,
    }


def _person(contact: Json) -> Json:
    emails = contact["email_addresses"]
    return {
        "id": contact["id"],
        "given_name": contact["given_name"],
        "family_name": contact["family_name"],
        **({"email": emails[0]["email"]} if emails else {}),
    }


def _order(chance: Random, contact: Json, number: int, at: str) -> Json:
    paid = chance.random() < 0.8
    total = chance.randrange(20, 900)
    money = {"amount": total, "currency_code": "USD", "formatted_amount": f"${total}.00"}
    return {
        "id": str(number),
        "title": _ORDERED[home(contact)[0]],
        "status": "PAID" if paid else "SENT",
        "total": money,
        "contact": _person(contact),
        "order_type": "ONLINE",
        "source_type": "CHECKOUT_FORM",
        "creation_time": at,
        "modification_time": at,
        "order_time": at,
    }


def _subscription(chance: Random, contact: Json, number: int, today: datetime) -> Json:
    started = today - timedelta(days=chance.randrange(30, 600))
    return {
        "id": str(number),
        "quantity": 1,
        "active": chance.random() < 0.7,
        "contact_id": contact["id"],
        "product_id": "7",
        "subscription_plan_id": "3",
        "billing_amount": 29.0,
        "auto_charge": True,
        "billing_frequency": 1,
        "billing_cycle": "MONTH",
        "start_date": started.date().isoformat(),
    }


def _opportunity(chance: Random, contact: Json, number: int, at: str) -> Json:
    won = chance.random() < 0.4
    person = _person(contact)
    return {
        "id": str(number),
        "contact": {
            "id": person["id"],
            "first_name": person["given_name"],
            "last_name": person["family_name"],
        },
        "stage": {"id": "9", "name": "Ganada"} if won else {"id": "4", "name": "Propuesta"},
        "opportunity_title": "Asesoría anual",
        "projected_revenue_high": 900.0,
        "projected_revenue_low": 300.0,
        "created_time": at,
        "last_updated_time": at,
    }
