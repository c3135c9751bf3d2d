"""Twilio's error codes as data: what to do, and plain words in three languages.

Twilio says its codes are no stable contract, so a code nobody knows goes to a person.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from recovery.domain.brakes import Blame, Fault
from recovery.services.ports import CodeAction

_UNKNOWN = {
    "en": "Twilio gave code {code}, which Recovery does not know: look it up in Twilio's error"
    " dictionary, then decide by hand.",
    "es": "Twilio dio el código {code}, que Recovery no conoce: búscalo en el diccionario de"
    " errores de Twilio y decide a mano.",
    "pt": "A Twilio deu o código {code}, que o Recovery não conhece: procure-o no dicionário de"
    " erros da Twilio e decida manualmente.",
}
_NONE = {
    "en": "Twilio named no error code: look at the message in Twilio's console.",
    "es": "Twilio no dio ningún código de error: mira el mensaje en la consola de Twilio.",
    "pt": "A Twilio não deu nenhum código de erro: veja a mensagem no console da Twilio.",
}


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """A row of the table; `is_personal` codes speak of one person and never trip a brake, others
    do when they came `after` times in a day."""

    action: CodeAction
    is_personal: bool
    after: int
    words: Mapping[str, str]


@cache
def meanings() -> Mapping[str, CodeMeaning]:
    """The shipped table by code."""
    text = files("recovery").joinpath("data/twilio_codes.toml").read_text(encoding="utf-8")
    table: dict[str, CodeMeaning] = {}
    for row in tomllib.loads(text)["meaning"]:
        words = {language: row[language] for language in ("en", "es", "pt")}
        personal, after = row.get("personal", False), row.get("after", 1)
        meaning = CodeMeaning(CodeAction(row["action"]), personal, after, words)
        table |= dict.fromkeys(row["codes"], meaning)
    return table


def action(code: str | None) -> CodeAction:
    """What to do about a code; a person for codes nobody knows, and for none."""
    known = meanings().get(code or "")
    return known.action if known else CodeAction.PERSON


def is_personal(code: str | None) -> bool:
    """Whether a code speaks of one recipient only, not of us or the template."""
    known = meanings().get(code or "")
    return known.is_personal if known else False


def fault(code: str) -> Fault:
    """Whom a failure with this code speaks of; wrong requests of ours count as unexplained."""
    known = meanings().get(code)
    if known is None:
        return Fault(Blame.UNEXPLAINED)
    if known.is_personal:
        return Fault(Blame.PERSON)
    match known.action:
        case CodeAction.STOP:
            return Fault(Blame.ACCOUNT, known.after)
        case CodeAction.TEMPLATE:
            return Fault(Blame.TEMPLATE, known.after)
        case CodeAction.WAIT_A_DAY:
            return Fault(Blame.LIMIT, known.after, frees_after=timedelta(days=1))
        case CodeAction.RETRY:
            return Fault(Blame.LIMIT, known.after)
        case CodeAction.FIX:
            return Fault(Blame.UNEXPLAINED)
        case _:
            return Fault(Blame.NOBODY)


def explain(code: str | None, language: str = "en") -> str:
    """A code in plain words with the mend; English where the language is not spoken."""
    spoken = language[:2].lower()
    known = meanings().get(code or "")
    words = known.words if known else _UNKNOWN if code else _NONE
    return words.get(spoken, words["en"]).replace("{code}", str(code))
