"""What a rep hears before they press the key, in their language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from recovery.domain.call_check import WhyNot
from recovery.domain.policy import Goal
from recovery.services.calls.store import CallRefused, Greeting, Hindrance

_GREETING = {
    "es": "Llamada a {name}. Allí son las {time}. Objetivo: {goal}. Pulse 1 para llamar.",
    "pt": "Ligação para {name}. Lá são {time}. Objetivo: {goal}. Tecle 1 para ligar.",
    "en": "Call to {name}. Their time is {time}. Goal: {goal}. Press 1 to call.",
}
_NAMELESS = {"es": "un contacto sin nombre", "pt": "um contato sem nome", "en": "somebody unnamed"}
_GOALS: dict[str, dict[Goal, str]] = {
    "es": {
        Goal.NEW_EMAIL: "un correo nuevo",
        Goal.OTHER_EMAIL: "otro correo",
        Goal.ADDRESS_WORKS: "saber si su correo funciona",
        Goal.FRESH_CONSENT: "su permiso para escribirle",
        Goal.CONFIRM_LINK: "que confirme con el enlace",
        Goal.LIST_CONSENT: "su permiso, o un correo",
        Goal.COMPLAINT: "escuchar su queja",
    },
    "pt": {
        Goal.NEW_EMAIL: "um e-mail novo",
        Goal.OTHER_EMAIL: "outro e-mail",
        Goal.ADDRESS_WORKS: "saber se o e-mail funciona",
        Goal.FRESH_CONSENT: "permissão para escrever",
        Goal.CONFIRM_LINK: "que confirme pelo link",
        Goal.LIST_CONSENT: "permissão, ou um e-mail",
        Goal.COMPLAINT: "ouvir a reclamação",
    },
    "en": {
        Goal.NEW_EMAIL: "a new address",
        Goal.OTHER_EMAIL: "another address",
        Goal.ADDRESS_WORKS: "whether their address works",
        Goal.FRESH_CONSENT: "their permission to write",
        Goal.CONFIRM_LINK: "that they confirm by the link",
        Goal.LIST_CONSENT: "permission, or an address",
        Goal.COMPLAINT: "to hear their complaint",
    },
}
_REFUSALS: dict[str, dict[WhyNot | Hindrance, str]] = {
    "es": {
        WhyNot.STOPPED: "Esta persona pidió no ser contactada. No se llama.",
        WhyNot.OUTSIDE_HOURS: "Ya no es horario permitido para esta persona. No se llama.",
        Hindrance.DIALLED: "Esta llamada ya se hizo.",
    },
    "pt": {
        WhyNot.STOPPED: "Esta pessoa pediu para não ser contatada. A ligação não será feita.",
        WhyNot.OUTSIDE_HOURS: "Não é mais horário permitido para esta pessoa.",
        Hindrance.DIALLED: "Esta ligação já foi feita.",
    },
    "en": {
        WhyNot.STOPPED: "This person asked not to be contacted. No call is made.",
        WhyNot.OUTSIDE_HOURS: "The allowed hours of this person are over. No call is made.",
        Hindrance.DIALLED: "This call was made already.",
    },
}
_CHANGED = {
    "es": "Algo cambió en este momento. Mire la ficha otra vez.",
    "pt": "Algo mudou agora. Veja a ficha outra vez.",
    "en": "Something changed just now. Look at the card again.",
}


def greeting_words(greeting: Greeting, now: datetime) -> str:
    """Who it is, what time it is there, what for, and the key to press."""
    language = _spoken(greeting.language)
    there = now.astimezone(ZoneInfo(greeting.zone)) if greeting.zone else now
    return _GREETING[language].format(
        name=greeting.name or _NAMELESS[language],
        time=f"{there:%H:%M}",
        goal=_GOALS[language].get(Goal(greeting.goal), greeting.goal),
    )


def refusal_words(refused: CallRefused, language: str) -> str:
    """Why the person is not dialled after all."""
    spoken = _spoken(language)
    return _REFUSALS[spoken].get(refused.why, _CHANGED[spoken])


def _spoken(language: str) -> str:
    short = language[:2].lower()
    return short if short in _GREETING else "en"
