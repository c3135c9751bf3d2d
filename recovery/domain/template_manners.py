"""What a message may say: who writes and why, one question, no offer, no link, no whole address.

These are our own rules, from law and good manners; WhatsApp's are in ``template_lint``.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from recovery.domain.template import PLACEHOLDER, Step, Template
from recovery.domain.template_problem import Code, Problem

LINK = re.compile(r"(?i)\b(?:https?:|www\.|wa\.me/|bit\.ly|(?:[a-z0-9-]+\.)+[a-z]{2,}/|tinyurl)")
_BARE_DOMAIN = re.compile(
    r"(?i)(?<![@\w.-])(?:[a-z0-9-]+\.)+"
    r"(?:com|net|org|io|app|ly|me|co|es|br|mx|ar|cl|pe|uy|pt|us|info|biz|shop|store|online|site|link"
    r"|page|dev|tv|gg)\b"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")

#: Anything that sells turns a question about an address into advertising.
_OFFER_WORDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "es": re.compile(
            r"(?i)\b(?:ofertas?|descuentos?|promo(?:ci[oó]n(?:es)?|s)?|gratis|gratuit[oa]s?|rebajas?"
            r"|cup[oó]n(?:es)?|regalos?|aproveche|exclusiv[oa]s?|precios?|ganar?|sorteo|ahorr\w+"
            r"|liquidaci[oó]n(?:es)?|premios?|bonos?|2x1)\b|\d\s*%|[$€]"
        ),
        "pt": re.compile(
            r"(?i)\b(?:ofertas?|descontos?|promo(?:ç[ãa]o|ções|s)?|gr[áa]tis|gratuit[oa]s?|cupo(?:m|ns)"
            r"|presentes?|brindes?|aproveite|exclusiv[oa]s?|preços?|ganhe|sorteio|economiz\w+"
            r"|liquidaç(?:ão|ões)|prêmios?|bônus)\b|\d\s*%|R?\$"
        ),
        "en": re.compile(
            r"(?i)\b(?:offers?|discounts?|promo(?:tions?|s)?|free|sales?|coupons?|gifts?|exclusive"
            r"|deals?|prices?|win|save|bargains?|bonus(?:es)?)\b|\d\s*%|[$€]"
        ),
    }
)

#: WhatsApp takes a text that asks for these for a fraud (ABUSIVE_CONTENT, SCAM).
_SENSITIVE = re.compile(
    r"(?i)\b(?:contraseñas?|senhas?|passwords?|tarjetas?|cart(?:ão|ões)|credit cards?|cvv|c[óo]digo"
    r" de (?:seguridad|segurança|verificaci[óo]n|verificação)|dni|curp|rfc|cpf|rut|ssn|passport"
    r"|pasaporte|passaporte|cuenta bancaria|conta banc[áa]ria|bank account)\b"
)

_LAST_WORDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "es": re.compile(r"(?i)\búltim[oa]\s+(?:mensaje|vez)"),
        "pt": re.compile(r"(?i)\búltima\s+(?:mensagem|vez)"),
        "en": re.compile(r"(?i)\blast\s+(?:message|time)"),
    }
)


def line_at(template: Template, position: int) -> int:
    return template.body_line + template.body.count("\n", 0, position)


def no_links(template: Template) -> Iterator[Problem]:
    for pattern in (LINK, _BARE_DOMAIN):
        if found := pattern.search(template.body):
            mend = "remove it: links come inside the conversation"
            yield Problem(Code.LINK, line_at(template, found.start()), "the text has a link", mend)
            return


def masked(template: Template) -> Iterator[Problem]:
    """The number may have a new owner, who must not learn the address [W]."""
    mend = "use {{ masked_email }}"
    if found := _EMAIL.search(template.body):
        line = line_at(template, found.start())
        yield Problem(Code.UNMASKED_ADDRESS, line, "the text has an e-mail address", mend)
    for name in template.variables:
        shown = template.samples.get(name, "")
        if ("email" in name and not name.startswith("masked_")) or (
            "@" in shown and "•" not in shown
        ):
            line = template.body_line
            yield Problem(Code.UNMASKED_ADDRESS, line, f"{name} shows a whole address", mend)


def manners(template: Template) -> Iterator[Problem]:
    line = template.body_line
    if "firm" not in template.variables:
        yield Problem(
            Code.FIRM_NOT_NAMED, line, "the text does not say who writes", "use {{ firm }}"
        )
    if "source" not in template.variables and "order" not in template.variables:
        message = "the text does not say where we know the person from"
        yield Problem(Code.SOURCE_NOT_SAID, line, message, "use {{ source }}")
    questions = template.body.count("?")
    if questions != 1:
        message = f"the text asks {questions} questions"
        yield Problem(Code.NOT_ONE_QUESTION, line, message, "ask exactly one")


def offers(template: Template) -> Iterator[Problem]:
    pattern = _OFFER_WORDS.get(template.language)
    words = PLACEHOLDER.sub(lambda variable: " " * len(variable[0]), template.body)
    if pattern and (found := pattern.search(words)):
        message = f"{found[0]!r} reads like an offer"
        mend = "say only why you write and what you ask"
        yield Problem(Code.OFFER, line_at(template, found.start()), message, mend)


def sensitive(template: Template) -> Iterator[Problem]:
    if found := _SENSITIVE.search(template.body):
        message = f"{found[0]!r} reads as if we asked for private data"
        line = line_at(template, found.start())
        yield Problem(Code.SENSITIVE_DATA, line, message, "ask for nothing but the e-mail address")


def says_last(template: Template) -> Iterator[Problem]:
    pattern = _LAST_WORDS.get(template.language)
    if template.step is Step.LAST and pattern and not pattern.search(template.body):
        message = "the second message does not say that it is the last"
        yield Problem(
            Code.LAST_NOT_SAID, template.body_line, message, "say that it is the last one"
        )
