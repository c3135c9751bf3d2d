"""The story of a case as Keap's people read it: notes and call tasks in the case's language."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE, CONTACT, OUTCOME
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.engine import Database
from recovery.adapters.jinja import render
from recovery.domain.email_address import masked
from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Goal
from recovery.domain.template import Template, TemplateSet
from recovery.services.ports import Clock
from recovery.services.record.outbox import Entry
from recovery.services.record.writeback import Story

_LANGUAGES = ("es", "pt", "en")
#: What an outcome is called in a story; kinds without a name are left out.
_WORDS: dict[str, tuple[str, str, str]] = {
    "sent": ("WhatsApp enviado", "WhatsApp enviado", "WhatsApp sent"),
    "delivered": ("WhatsApp entregado", "WhatsApp entregue", "WhatsApp delivered"),
    "read": ("leído", "lido", "read"),
    "failed": ("WhatsApp no entregado", "WhatsApp não entregue", "WhatsApp not delivered"),
    "absent": ("WhatsApp sin confirmar", "WhatsApp sem confirmação", "WhatsApp unconfirmed"),
    "replied": ("respondió", "respondeu", "replied"),
    "new_email": ("dio un correo nuevo", "deu um novo e-mail", "gave a new address"),
    "consented": ("dio su consentimiento", "deu consentimento", "gave consent"),
    "opted_out": ("pidió no ser contactado", "pediu para não ser contatado", "asked to stop"),
    "email_opted_out": ("tampoco quiere correos", "também não quer e-mails", "no e-mails either"),
    "wrong_person": ("número equivocado", "número errado", "wrong number"),
    "asked_for_call": ("pidió una llamada", "pediu uma ligação", "asked for a call"),
    "call_no_answer": (
        "llamada sin respuesta",
        "ligação sem resposta",
        "call, no answer",
    ),
    "call_busy": ("llamada, ocupado", "ligação, ocupado", "call, busy"),
    "call_voicemail": ("llamada, buzón de voz", "ligação, caixa postal", "call, voicemail"),
    "call_failed": ("llamada fallida", "ligação falhou", "call failed"),
    "call_spoke": ("llamada, habló", "ligação, falou", "call, spoke"),
    "call_refused": ("llamada, no quiso", "ligação, recusou", "call, refused"),
    "call_wrong_number": ("llamada, equivocado", "ligação, engano", "call, wrong number"),
    "call_callback": ("pidió otra llamada", "pediu outra ligação", "asked to call again"),
    "call_done_in_keap": ("llamada, hecha en Keap", "ligação, feita no Keap", "call, done in Keap"),
    "call_lapsed": ("llamada no realizada", "ligação não realizada", "call not made"),
}
_TITLES: dict[str, tuple[str, str, str]] = {
    "recovered_note": ("Contacto recuperado", "Contato recuperado", "Contact recovered"),
    "unrecovered_note": ("No recuperado", "Não recuperado", "Not recovered"),
    "stopped_note": ("No contactar", "Não contatar", "Do not contact"),
    "relationship_note": ("Seguimos en contacto", "Seguimos em contato", "We stay in touch"),
}
#: Why a case ended, by the first word of its rule.
_REASONS: dict[str, tuple[str, str, str]] = {
    "unrecovered": (
        "se hicieron todos los intentos previstos",
        "todas as tentativas previstas foram feitas",
        "all planned attempts were made",
    ),
    "no_route": (
        "no queda ningún medio permitido para contactar a la persona",
        "não resta nenhum meio permitido de contatar a pessoa",
        "no allowed way to reach the person is left",
    ),
    "stopped": (
        "la persona no quiere ser contactada",
        "a pessoa não quer ser contatada",
        "the person does not want to be contacted",
    ),
}
_GOALS: dict[Goal, tuple[str, str, str]] = {
    Goal.NEW_EMAIL: ("correo nuevo", "novo e-mail", "new e-mail"),
    Goal.OTHER_EMAIL: ("otro correo", "outro e-mail", "another e-mail"),
    Goal.ADDRESS_WORKS: ("confirmar su correo", "confirmar o e-mail", "confirm the e-mail"),
    Goal.FRESH_CONSENT: ("permiso para escribir", "permissão", "fresh permission"),
    Goal.CONFIRM_LINK: ("confirmar por enlace", "confirmar pelo link", "confirm by link"),
    Goal.LIST_CONSENT: ("permiso o correo", "permissão ou e-mail", "permission or e-mail"),
    Goal.COMPLAINT: ("escuchar su queja", "ouvir a reclamação", "hear their complaint"),
}


class CaseStories:
    """Implements `Storyteller`."""

    def __init__(
        self,
        database: Database,
        templates: TemplateSet,
        clock: Clock,
        *,
        public_url: str | None = None,
    ) -> None:
        self._database = database
        self._templates = templates
        self._clock = clock
        self._public_url = public_url

    def note(self, entry: Entry) -> Story:
        """The one note of a case."""
        facts = self._facts(entry)
        name = entry.payload["note"]
        place = _LANGUAGES.index(facts["language"])
        text = "free_win_note" if facts["is_win"] and name == "recovered_note" else name
        return Story(_TITLES[name][place], self._text(text, facts))

    def task(self, entry: Entry) -> Story:
        """The call task of a case: true of each of its calls, as it is only moved from one to the
        next and what people wrote into it in Keap stays."""
        facts = self._facts(entry)
        facts["link"] = f"{self._public_url}/queue/{entry.case_id}" if self._public_url else ""
        facts["phone"] = entry.payload.get("number", "")
        facts["old_email"] = masked(facts["old_email"]) if facts["old_email"] else ""
        return Story(
            self._text("call_task_title", facts), self._text("call_task_description", facts)
        )

    def _text(self, name: str, facts: dict[str, Any]) -> str:
        template = self._templates.pick(name, language=facts["language"])
        return render(template, _used(template, facts))

    def _facts(self, entry: Entry) -> dict[str, Any]:
        with self._database.read() as connection:
            case = (
                connection.execute(
                    sa.select(CASE, CONTACT.c.data)
                    .outerjoin(CONTACT, CONTACT.c.id == CASE.c.contact_id)
                    .where(CASE.c.id == entry.case_id)
                )
                .mappings()
                .one()
            )
            outcomes = (
                connection.execute(
                    sa.select(OUTCOME)
                    .where(OUTCOME.c.case_id == entry.case_id)
                    .order_by(OUTCOME.c.id)
                )
                .mappings()
                .all()
            )
        return _facts(case, outcomes, self._clock())


def _facts(case: sa.RowMapping, outcomes: Any, now: datetime) -> dict[str, Any]:
    language = case["language"]
    place = _LANGUAGES.index(language)
    data = case["data"] or {}
    given = ("new_email", "win_approved")
    last = next((o for o in reversed(outcomes) if o["kind"] in given), None)
    gave: dict[str, str] = last["detail"] if last else {}
    # Once Keap has the new address, only what was told of it knows the dead one.
    old = gave.get("old") or (deciding_email(data) or "")
    return {
        "language": language,
        "day": f"{now:%d/%m/%Y}",
        "channel": "WhatsApp" if any(o["kind"] == "replied" for o in outcomes) else _phone(place),
        "status": EmailStatus(case["opened_status"]).label(language),
        "is_win": last is not None and last["kind"] == "win_approved",
        "new_email": gave.get("email", ""),
        "old_email": old,
        "words": next((o["detail"]["reason"] for o in reversed(outcomes) if _closes(o)), ""),
        "reason": _reason(case, outcomes)[place],
        "delete_on": f"{case['hold_until']:%d/%m/%Y}" if case["hold_until"] else "",
        "story": _story(outcomes, place),
        "given_name": data.get("given_name", ""),
        "goal": _GOALS[Goal(case["goal"])][place],
    }


def _closes(outcome: sa.RowMapping) -> bool:
    return outcome["kind"] == "decided_by_person" and bool((outcome["detail"] or {}).get("reason"))


def _reason(case: sa.RowMapping, outcomes: Any) -> tuple[str, str, str]:
    """Why the case ended, by the rule that ended it: a hold's own rule comes only later."""
    ended = [o["detail"]["rule"] for o in outcomes if (o["detail"] or {}).get("rule")]
    rule = next(reversed([r for r in ended if _family(r) in _REASONS]), case["rule"] or "")
    return _REASONS.get(_family(rule), _REASONS["unrecovered"])


def _family(rule: str) -> str:
    """`no_route` of `no_route.hold`."""
    return rule.partition(".")[0]


def _phone(place: int) -> str:
    return ("teléfono", "telefone", "phone")[place]


def _story(outcomes: Any, place: int) -> str:
    zone = ZoneInfo("UTC")
    told = [
        f"{o['at'].astimezone(zone):%d/%m} {_WORDS[o['kind']][place]}"
        for o in outcomes
        if o["kind"] in _WORDS
    ]
    return "; ".join(told[-20:])


def _used(template: Template, facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in template.variables if name in facts}
