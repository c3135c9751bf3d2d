"""A clause made of nothing but the words of a refusal, in whatever order they come.

The grammar knows how people usually say it; this knows that whoever uses only these words, a no
and a word for contact among them, can mean nothing else. One unknown word, and it is silent.
"""

import re
from functools import lru_cache

from recovery.domain.replies.stop_verbs import (
    AGAIN,
    ENGLISH_WRITE,
    ENGLISH_WRITING,
    SEND,
    SENDING,
    WRITE,
    WRITING,
)
from recovery.domain.replies.text import COURTESY
from recovery.domain.replies.words import any_of

_NO = frozenset({"no", "nao", "nunca", "jamas", "never", "dont", "not"})
_NOUN = any_of(
    r"""
    mensajes? mensajitos? mensajeria msjs? msgs? publicidad promos? promociones propagandas?
    mensage[mn]s? messages? texts? spam contacto contato comunicacion(?:es)? comunicacoes
    comunicados? notificacion(?:es)? notificacoes
    """
)
_VERB = (
    rf"(?:(?:{WRITE}|{SEND}|{WRITING}|{SENDING})(?:me|nos|lo|los|se)?|{ENGLISH_WRITE}|send"
    rf"|{ENGLISH_WRITING}|sending"
    r"|(?:recibir|receber|receive|receiving|getting|leer|ler)(?:los|las)?"
    r"|(?:contac?tad|molestad|incomodad)[oa]s?|contacted|messaged|texted|bothered)"
)
#: Indicative and order look alike.
_MAY_STATE = any_of("manda envia contacta contata molesta incomoda perturba chateia enche escreve")
_CEASE = any_of(
    r"""
    stop quit cease desist enough paren parenle pare parar parem parad cesen cese cesar cessem
    absten(?:gan|ga|er)(?:se)? abstenham?(?:se)? evit(?:en|e|ar|em) suspend(?:an|am|er)
    deten(?:gan|ga|er) interrompam? fren(?:en|ar) terminen
    """
)
#: These cease only with what follows: `deja un mensaje`, `chega mensagem`, `para mí` do not.
_CEASE_WITH = re.compile(
    r"\b(?:dej(?:en|a|e|ar|ad|es)(?:me|se)?|deix(?:em|e|a|ar)|para) "
    r"(?=(?:ya |ja |por favor )?(?:de|con|com|desses?|dessas?|disso)\b)"
    r"|\b(?:basta|chega) (?=(?:ya |ja )?(?:de|desses?|dessas?|disso)\b)"
)
_WANT = any_of(
    r"""
    quiero quisiera deseo quero queria desejo gostaria gustaria want wish like prefer prefiero
    prefiro preferiria preferia solicito pido exijo peco ruego agradezco agradeceria agradeco
    necesito preciso need said told asked consent agree autorizo acepto aceito
    """
)
_MAY = any_of("pueden? podrian? puedes podrias pode podem poderia poderiam can could would will")
_SMALL = any_of(
    r"""
    me nos mi te les le los las la lo el se o a os as un una uma my this that these those them it
    to of from with at on any all de del do da dos das al ao con com por para pra en em que sus su
    tus tu seus suas your isso isto esto eso esta este estos esas essa essas esse esses desses
    dessas disso mas mais more anymore again ever nunca y e and be ser estar seguir volver voltar
    continuar keep nuevamente novamente nuevo novo ningun ninguna nenhum nenhuma ni nem ya ja
    numero number celular whatsapps? phone aqui here medio meio modo forma tipo nada anything else
    other otros outros mano i id ive im you ustedes uds voces vosotros oigan oye oiga senores
    senhores loco wey guey bro man dude che pesados carajo mierda puta porra caralho merda damn
    fucking fuck fucken bloody hell maldita sea chau adios tchau bye mil veces vezes ultima vez last
    time times already dije dijimos pedi falei disse como hago faco hacer fazer how do just kindly
    such so many tantos tantas tanto please favor
    """
)
_KNOWN = re.compile(rf"(?:{_VERB}|{_NOUN}|{_CEASE}|{_WANT}|{_MAY}|{_SMALL}|{AGAIN}|cease)")
_CONTACT = re.compile(rf"(?:{_VERB}|{_NOUN})")
_IS_ENGLISH = re.compile(rf"{ENGLISH_WRITE}|send")
_IS_NOUN = re.compile(_NOUN)
_IS_STATE = re.compile(_MAY_STATE)
_TWICE_NO = re.compile(
    rf"\b(?:no|nao|nunca|dont|never|not|jamas) (?:\w+ ){{0,3}}?(?:cease|{_CEASE})\b"
)
#: What they do or would like to do, not what we should not.
_ELSE = re.compile(
    rf"\b(?:no|nao|nunca)(?: me| nos| te| les)? {_MAY}\b|\b(?:dont|do|never) you\b"
    rf"|\byou (?:never|dont|no|not)\b|\b(?:quiero|quero|want to|queria|deseo|prefiero|like to)"
    rf" (?:\w+ )?(?:{WRITING}|{SENDING}|{ENGLISH_WRITE}|send)\b|\b(?:te|se) (?:molest|incomod)"
    r"|\bni un|\bnem uma?\b"
)
_GREETING = re.compile(r"\b(?:buen[oa]s?|boa|bom|good) (?:tardes?|noches?|dias?|noite|morning)\b")
_TIMES = frozenset({"tarde", "tardes", "noche", "noches", "dia", "dias", "noite"})
_I = re.compile(r"\bi\b")
_ASKS_FOR_NONE = re.compile(rf"\b(?:mas|mais|more|please|favor|{_WANT})\b")


def refuses(words: str, *, is_question: bool) -> bool:
    """Only words of refusal, a no or an end among them, and a word for what should end."""
    words = _CEASE_WITH.sub("cease ", _GREETING.sub(" ", words))
    tokens = words.split()
    if len(tokens) < 2 or not all(_is_known(token) for token in tokens):
        return False
    if _TWICE_NO.search(words) or _ELSE.search(words):
        return False
    if is_question and not re.search(rf"\b(?:{_MAY}|{_WANT}|how|como)\b", words):
        return False
    if _I.search(words) and not re.search(rf"\b{_WANT}\b", words):
        return False
    return _ends_contact(tokens, words)


def _ends_contact(tokens: list[str], words: str) -> bool:
    contact = [token for token in tokens if _CONTACT.fullmatch(token)]
    if not contact:
        return False
    if any(re.fullmatch(_CEASE, token) for token in tokens):
        return True
    if not _NO & set(tokens):
        return False
    if all(_IS_NOUN.fullmatch(token) for token in contact):
        return _ASKS_FOR_NONE.search(words) is not None
    return not (
        all(_IS_ENGLISH.fullmatch(token) for token in contact)
        and not {"dont", "never", "not"} & set(tokens)
    )


@lru_cache(maxsize=4096)
def _is_known(token: str) -> bool:
    if _IS_STATE.fullmatch(token):
        return False
    return token in COURTESY - _TIMES or token in _NO or _KNOWN.fullmatch(token) is not None
