"""A plain request to stop, to be removed or not to be written to: verbs × objects, not sentences.

One channel refused is no stop (a person reads it), nor is a wish about hours, nor a complaint
that nobody writes any more.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from recovery.domain.replies import stop_words
from recovery.domain.replies.stop_adverbials import without_adverbials
from recovery.domain.replies.stop_beside import keeps_some, without_gone_mailbox
from recovery.domain.replies.stop_channels import refuses_all, refuses_mail
from recovery.domain.replies.stop_doubts import (
    BARGAIN,
    LAUGHTER,
    SETTLED,
    is_not_said,
    is_report,
    tells_what_i_did,
)
from recovery.domain.replies.stop_grammar import CEASE, FORBID, PLAIN, REMOVAL, UNWANTED
from recovery.domain.replies.stop_idioms import IDIOM
from recovery.domain.replies.stop_meaning import refuses
from recovery.domain.replies.stop_nouns import MAIL
from recovery.domain.replies.stop_records import RECORDS
from recovery.domain.replies.stop_repeated import repeats_request
from recovery.domain.replies.stop_rights import BARRED, DENIED, OR_ELSE, RIGHT, threatens
from recovery.domain.replies.stop_scope import (
    AND_SO,
    BECAUSE,
    BY_MAIL,
    BY_PHONE,
    CALL_REFUSED,
    EMAIL_WORD,
    HOURS,
    ONE_MAILBOX,
    WHY,
    allows_tail,
    is_about_hours,
    opens_with_limit,
)
from recovery.domain.replies.stop_verbs import OUT, OUT_MOOD
from recovery.domain.replies.stop_welcome import welcomes_another
from recovery.domain.replies.text import ADDRESS, Reply, Sentence, strip_courtesy
from recovery.domain.replies.words import words_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused: everything (`rule` says how it was seen), or one channel."""

    rule: str | None = None
    email_too: bool = False
    channel: str | None = None
    #: Everything, it seems, and yet an address is handed over.
    in_part: bool = False


def read_refusal(reply: Reply) -> Refusal:
    """The strongest refusal in a message."""
    left = without_gone_mailbox(reply)
    refusal = _strongest(left)
    if refusal.rule is not None:
        return Refusal(in_part=True) if keeps_some(reply) else refusal
    return Refusal(channel="email") if left != reply else refusal


def _strongest(reply: Reply) -> Refusal:
    reply = without_adverbials(reply)
    if _AGAIN_AND_AGAIN.match(" ".join(reply.words)) and not LAUGHTER.search(reply.raw.casefold()):
        return Refusal("stop_word")
    if _FROM_EVERYTHING.fullmatch(" ".join(reply.words)) and not _is_asked(reply):
        return Refusal("stop_word")
    if _STOP_AND_NO_MORE.fullmatch(" ".join(reply.bare)):
        return Refusal("stop_word")
    at_once = stop_words.is_stop(reply.bare) and not stop_words.is_for_now(reply.words)
    if at_once or _is_stop_with_tag(reply) or _is_stop_sign(reply.raw):
        return Refusal("stop_word")
    found = [refusal for sentence in reply.sentences for refusal in _refusals(sentence, reply)]
    whole = [refusal for refusal in found if refusal.rule]
    words = " ".join(reply.words)
    if whole:
        mail_too = (
            any(refusal.email_too for refusal in whole) or _MAIL_TOO.search(words) is not None
        )
        return Refusal(whole[0].rule, email_too=mail_too)
    if refuses_all(words) and not welcomes_another(reply):
        return Refusal("all_channels", email_too=refuses_mail(words))
    if repeats_request(reply):
        return _unless_another_way(reply, Refusal("removal"))
    if _opens_with_stop(reply) or _ends_with_removal(reply):
        return _unless_another_way(reply, Refusal("stop_word"))
    return next((refusal for refusal in found if refusal.channel), Refusal())


#: Beside a stop, in a sentence of its own: `neither by mail nor …`, `delete my phone and mail`.
_MAIL_TOO = re.compile(
    rf"\b(?:ni|nem|neither|nor) (?:(?:por|by|via|pelo) )?{MAIL}\b(?! (?:tengo|tenho|uso|abro"
    rf"|le[oi]o?)\b)|\b(?:{OUT}{OUT_MOOD}|delete|remove|erase) (?:\w+ ){{1,4}}?(?:y|e|and) (?:mi"
    rf"|(?:o )?meu|my) {MAIL}\b"
)


def _is_stop_with_tag(reply: Reply) -> bool:
    asked = bool(reply.sentences) and reply.sentences[-1].is_question
    return asked and stop_words.is_stop(strip_courtesy(stop_words.without_tag(reply.bare)))


def _is_asked(reply: Reply) -> bool:
    return any(sentence.is_question for sentence in reply.sentences)


def _is_stop_sign(raw: str) -> bool:
    """The road sign, and nothing said with it."""
    return "🛑" in raw and not any(letter.isalnum() for letter in raw)


def _opens_with_stop(reply: Reply) -> bool:
    """`Stop, …` or `STOP. …`: the word stands in a clause of its own, at either end."""
    clauses = [tuple(clause.words.split()) for clause in reply.clauses]
    ends = {clauses[0], clauses[-1], _hurried(clauses[-1])} if clauses else set()
    if any(sentence.is_question for sentence in reply.sentences):
        ends.discard(("baja",))
    if (
        not ends & _STOP_ALONE
        or _NOT_YET.search(" ".join(reply.words))
        or LAUGHTER.search(reply.raw.casefold())
    ):
        return False
    said = " ".join(reply.words)
    return any(pattern.search(said) for pattern in (_TO_US, _OUR_WRITING)) or any(
        tuple(sentence.words.split()) in _STOP_ALONE for sentence in reply.sentences
    )


def _hurried(words: tuple[str, ...]) -> tuple[str, ...]:
    """`Baja ya` is `baja`; other words may ask for less: `basta, gracias`."""
    bare = strip_courtesy(words)
    return bare if bare in {("baja",), ("unsubscribe",)} else words


def _ends_with_removal(reply: Reply) -> bool:
    """`Who let you write to me? Remove.`"""
    last = strip_courtesy(tuple(reply.clauses[-1].words.split())) if reply.clauses else ()
    said = " ".join(reply.words)
    if len(last) != 1 or _WROTE_I.search(said):
        return False
    return _REMOVE.fullmatch(last[0]) is not None and _WROTE.search(said) is not None


_STOP_ALONE = {
    (word,) for word in words_of("stop baja unsubscribe sair parem basta paren cesen remove")
}
_AGAIN_AND_AGAIN = re.compile(r"(stop|alto|basta|sair|baja|parem|paren)(?: \1)+\b")
#: `Baja porfa, de todo`
_FROM_EVERYTHING = re.compile(
    r"(?:(?:hola|oi|hi|hello|quiero|quero|la|mi|de|dar(?:me)? de|please|por favor) )*(?:baja"
    r"|unsubscribe|stop|sair|salir|opt out|remove me)(?: (?:por favor|porfa|porfis|please|pls|ya|ja"
    r"|now))* (?:(?:de|from) (?:todo|tudo|everything|all(?: of it)?)|total"
    r"|definitiva)(?: (?:por favor|porfa|porfis|please|pls|ya|ja|now|gracias|obrigad[oa]|thanks))*"
)
#: `Stop ya no más`: the same twice in other words.
_STOP_AND_NO_MORE = re.compile(
    r"(?:stop|basta|parem|paren|enough)(?: (?:por favor|please|ya|ja|now|ok|with this|con esto"
    r"|com isso))*(?: (?:ya no|no mas|ya no mas|nao mais|ja nao|ja nao mais|no more|not any ?more"
    r"|enough|basta|chega|suficiente))+(?: (?:por favor|please|ya|ja|now|gracias|obrigad[oa]"
    r"|thanks))*"
)
_REMOVE = re.compile(rf"{OUT}(?:e[nm]|a[nm])")
_WROTE = re.compile(
    r"\b(?:mensajes|mensagens|messages|spam|molest\w+|incomod\w+|autori\w+|solicit\w+|pedi"
    r"|cadastrei|inscri\w+|suscri\w+|cliente|consent\w*|me (?:a )?(?:escri|escre|mand|envi)\w+)\b"
)
_WROTE_I = re.compile(r"\b(?:yo|eu|i|mande|mandei|envie|enviei|escribi|escrevi|sent)\b")
_TO_US = re.compile(
    r"\b(?:me|my|mi|meu|no|nao|dont|please|you|ustedes|voces|i|harass\w*|acoso|im|(?:mens[a]|mess"
    r"|text|msg)\w*|assedio|spam|abuse|abuso|fastidi\w+|vez(?:es)?|veces|cheg\w+|lleg\w+)\b"
)
_NOT_YET = re.compile(
    r"\b(?:wait|hold on|(?:wrong|otro|outro) chat|esper[ae]|i meant?|quise decir|quis dizer"
    r"|no more than|no mas (?:de|que)|nao mais (?:de|que|do que)|no more questions|no mas preguntas"
    r"|mais perguntas)\b"
)


def _refusals(sentence: Sentence, reply: Reply) -> list[Refusal]:
    words = sentence.words
    if threatens(words, about=" ".join(reply.words)):
        return [_unless_another_way(reply, Refusal("threat"))]
    if WHY.match(words) and "," in words:
        words = words.partition(",")[2].strip()
        sentence = Sentence(words, sentence.is_question)
    if WHY.search(words) or BARGAIN.search(words):
        return []
    weighed = [
        _weigh(_Found(rule, match, sentence), reply)
        for rule, pattern in _RULES
        for match in pattern.finditer(words)
    ]
    found = [refusal for refusal in weighed if refusal is not None]
    if not found and any(_says_no_more(part, sentence, reply) for part in _parts(words)):
        found = [_in_so_many_words(sentence, reply)]
    return found or ([Refusal(channel="call")] if CALL_REFUSED.search(words) else [])


def _parts(words: str) -> list[str]:
    """The clauses, and what a sentence comes to after its reasons."""
    clauses = words.split(",")
    if AND_SO.search(clauses[-1]) and not HOURS.search(words):
        clauses.append(AND_SO.split(clauses[-1])[-1])
    clauses += [OR_ELSE.sub("", clause) for clause in clauses if OR_ELSE.search(clause)]
    return [BECAUSE.sub("", clause) if not HOURS.search(clause) else clause for clause in clauses]


def _says_no_more(clause: str, sentence: Sentence, reply: Reply) -> bool:
    if tells_what_i_did(clause, reply.raw) or opens_with_limit(clause) or is_not_said(clause):
        return False
    rest = SETTLED.sub("", clause).strip()
    if rest != clause.strip() and stop_words.is_stop(strip_courtesy(tuple(rest.split()))):
        return True
    about_me, about_us = _subject(reply)
    return refuses(clause, is_question=sentence.is_question, about_me=about_me, about_us=about_us)


@lru_cache(maxsize=1)
def _subject(reply: Reply) -> tuple[bool, bool]:
    """Whether a message speaks of my number or data, and of our writing or of nothing else."""
    said = " ".join(reply.words)
    laughed = LAUGHTER.search(reply.raw.casefold()) is not None
    about_us = len(reply.clauses) == 1 or _OUR_WRITING.search(said) is not None
    return _MY_NUMBER.search(said) is not None, about_us and not laughed


_OUR_WRITING = re.compile(
    r"\b(?:(?:mensa|mess|text|msg|escri|escre|mand|envi|spam|molest|incomod|insist|interes|annoy"
    r"|harass|pedi|asked|said|told|cansad|cansei|hart)\w*|ustedes|voces|you|basta|stop|no|nao)\b"
)
_MY_NUMBER = re.compile(
    r"\b(?:mis?|meus?|my|este|esse|this) (?:numero|number|contacto|contato|datos|dados|telefono"
    r"|telefone|info|celular|data|phone)\b(?! (?:de|del|do|da|of) )"
)
_RULES = (
    ("plain", PLAIN),
    ("plain", IDIOM),
    ("forbid", FORBID),
    ("cease", CEASE),
    ("removal", REMOVAL),
    ("removal", RECORDS),
    ("unwanted", UNWANTED),
    ("right", RIGHT),
    ("denied", DENIED),
    ("barred", BARRED),
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A match of a rule, and what stands around it."""

    rule: str
    match: re.Match[str]
    sentence: Sentence

    @property
    def before(self) -> str:
        return self.sentence.words[: self.match.start()]

    @property
    def after(self) -> str:
        return self.sentence.words[self.match.end() :].strip()

    @property
    def clause(self) -> str:
        """What stands before it in its clause."""
        return self.before.rpartition(",")[2].strip()

    @property
    def tail(self) -> str:
        """What follows in its clause, threats and tags left out."""
        return _TAG.sub("", OR_ELSE.sub("", f" {self.after.partition(',')[0]}")).strip()


def _weigh(found: _Found, reply: Reply) -> Refusal | None:
    if _only_asks(found) or not _is_meant(found, reply):
        return None
    channel = _one_channel(found)
    if channel is not None:
        return Refusal(channel=channel)
    named = f"{found.match.group()} {_AND_MORE.sub('', found.after)}"
    mail_too = EMAIL_WORD.search(named) is not None
    return _unless_another_way(reply, Refusal(found.rule, email_too=mail_too))


def _only_asks(found: _Found) -> bool:
    """A question about what is barred, or about what somebody else wants, asks for no stop."""
    if not found.sentence.is_question:
        return False
    theirs = found.match.groupdict().get("theirs") is not None
    return found.rule == "barred" or (theirs and _MAY_YOU.search(found.before) is None)


def _is_meant(found: _Found, reply: Reply) -> bool:
    """No joke, no report, and nothing beside it that makes it less than a stop."""
    rule, match, tail = found.rule, found.match, found.tail
    if rule == "plain" and LAUGHTER.search(reply.raw.casefold()):
        return False
    if is_report(rule, match, before=found.before, tail=tail, raw=reply.raw):
        return False
    if not allows_tail(rule, match, tail) or is_about_hours(rule, tail):
        return False
    limited = opens_with_limit(f"{found.clause} {match.group()} {tail}")
    return rule not in {"forbid", "cease"} or not limited


def _one_channel(found: _Found) -> str | None:
    """The only channel that is refused."""
    rule, tail = found.rule, found.tail
    if rule in {"forbid", "unwanted"} and BY_PHONE.match(tail):
        return "call"
    mailbox = ONE_MAILBOX.search(f"{found.match.group()} {tail}") or BY_MAIL.search(found.clause)
    if mailbox or (rule in {"forbid", "cease"} and _PLACE_THERE.match(tail)):
        return "email"
    return None


_MAY_YOU = re.compile(r"\b(?:can|could|would|will|pued\w+|podr\w+|pode\w*)\b")
#: `Não manda mais não`, `no escriban más, ¿sí?`
_TAG = re.compile(r" (?:nao|viu|ne|ta|si|ok|eh)$")
#: A further clause that names no other thing to leave: `…, I don't want to change my e-mail`.
_AND_MORE = re.compile(
    r" ?,(?! (?:ni|nem|nor|or|y|e|and|o|ou|tampoco|tambien|tambem|also|too|seja|sea|whether"
    rf"|por (?!favor)|by|via)\b| {MAIL} (?:,|(?:y|e|and|or|ou|o|zap|whats\w*|sms|tudo|todo)\b)).*"
)


def _unless_another_way(reply: Reply, refusal: Refusal) -> Refusal:
    """`No WhatsApp, call me`: one channel refused in favour of another."""
    return Refusal(channel="message") if welcomes_another(reply) else refusal


#: The address just named.
_THAT_ONE = re.compile(r"\b(?:con|com|a|en|no|to|at|with) (?:ese|esse|that|that one)$")


#: `Don't write there`, said of an address or a number just named.
_PLACE_THERE = re.compile(
    r"^(?:(?:nada|mas|mais|any ?more|anything|nothing) )*(?:(?:(?:por|para|to|over) )?(?:ahi|alli"
    r"|alla|there)\b|(?:pra|para) la\b|la(?: nao)?$)"
)
_THERE = re.compile(r"\b(?:ahi|alli|alla|there|(?:para|pra|a) la)$")
#: `My old number …, don't write there`.
_THE_OLD_ONE = re.compile(
    r"\b(?:viej[oa]|antig[ou]?[oa]|anterior|old|velh[oa])\b.* (?:ahi|alla|alli|there|la|ai)$"
)


def _in_so_many_words(sentence: Sentence, reply: Reply) -> Refusal:
    there = any(place.search(sentence.words) for place in (_THAT_ONE, _THERE))
    if ADDRESS in reply.words and there:
        return Refusal(channel="email")
    if _THE_OLD_ONE.search(sentence.words):
        return Refusal(channel="message")
    mail_too = EMAIL_WORD.search(sentence.words) is not None
    whole = Refusal("meaning", email_too=mail_too)
    return _unless_another_way(reply, whole)
