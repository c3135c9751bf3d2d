"""A plain request to stop, to be removed or not to be written to: verbs × objects, not sentences.

One channel refused is no stop (a person reads it), nor is a wish about hours, nor a complaint
that nobody writes any more.
"""

import re
from dataclasses import dataclass

from recovery.domain.replies import stop_words
from recovery.domain.replies.stop_doubts import FIRST_PERSON_PAST, is_report
from recovery.domain.replies.stop_grammar import (
    ALTERNATIVE,
    CALL_REFUSED,
    CEASE,
    EMAIL_WORD,
    FORBID,
    ONE_MAILBOX,
    PLAIN,
    REMOVAL,
    THIS_CHANNEL,
    UNWANTED,
    WHY,
    allows_tail,
    is_about_hours,
)
from recovery.domain.replies.stop_meaning import refuses
from recovery.domain.replies.stop_rights import DENIED, OR_ELSE, RIGHT, threatens
from recovery.domain.replies.text import Reply, Sentence


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused: everything (`rule` says how it was seen), or one channel."""

    rule: str | None = None
    email_too: bool = False
    channel: str | None = None


def read_refusal(reply: Reply) -> Refusal:
    """The strongest refusal in a message."""
    if stop_words.is_stop(reply.bare):
        return Refusal("stop_word")
    found = [refusal for sentence in reply.sentences for refusal in _refusals(sentence, reply)]
    whole = [refusal for refusal in found if refusal.rule]
    if whole:
        return Refusal(whole[0].rule, email_too=any(refusal.email_too for refusal in whole))
    if _opens_with_stop(reply):
        return _unless_another_way(reply, Refusal("stop_word"))
    return next((refusal for refusal in found if refusal.channel), Refusal())


def _opens_with_stop(reply: Reply) -> bool:
    """`Stop, …` or `STOP. …`: the word stands in a clause of its own, at either end."""
    clauses = [tuple(clause.words.split()) for clause in reply.clauses]
    ends = {clauses[0], clauses[-1]} if clauses else set()
    if not ends & _STOP_ALONE:
        return False
    return _TO_US.search(" ".join(reply.words)) is not None or any(
        tuple(sentence.words.split()) in _STOP_ALONE for sentence in reply.sentences
    )


_STOP_ALONE = {(word,) for word in ("stop", "baja", "unsubscribe", "sair", "parem", "basta")}
_TO_US = re.compile(r"\b(?:me|my|mi|meu|no|nao|dont|please|you|ustedes|voces|i)\b")


def _refusals(sentence: Sentence, reply: Reply) -> list[Refusal]:
    words = sentence.words
    if threatens(words):
        return [Refusal("threat")]
    if WHY.search(words):
        return []
    weighed = [
        _weigh(rule, match, sentence, reply)
        for rule, pattern in _RULES
        for match in pattern.finditer(words)
    ]
    found = [refusal for refusal in weighed if refusal is not None]
    if (
        not found
        and not FIRST_PERSON_PAST.search(reply.raw)
        and any(refuses(clause, is_question=sentence.is_question) for clause in words.split(","))
    ):
        found = [_in_so_many_words(sentence, reply)]
    return found or ([Refusal(channel="call")] if CALL_REFUSED.search(words) else [])


_RULES = (
    ("plain", PLAIN),
    ("forbid", FORBID),
    ("cease", CEASE),
    ("removal", REMOVAL),
    ("unwanted", UNWANTED),
    ("right", RIGHT),
    ("denied", DENIED),
)


def _weigh(rule: str, match: re.Match[str], sentence: Sentence, reply: Reply) -> Refusal | None:
    before = sentence.words[: match.start()]
    after = sentence.words[match.end() :].strip()
    tail = OR_ELSE.sub("", f" {after.partition(',')[0]}").strip()
    if is_report(rule, match, before=before, tail=tail, raw=reply.raw):
        return None
    if not allows_tail(rule, match, tail) or is_about_hours(rule, tail):
        return None
    if ONE_MAILBOX.search(match.group() + " " + tail):
        return Refusal(channel="email")
    mail_too = EMAIL_WORD.search(match.group() + " " + after) is not None
    return _unless_another_way(reply, Refusal(rule, email_too=mail_too), tail=tail)


def _unless_another_way(reply: Reply, refusal: Refusal, *, tail: str = "") -> Refusal:
    return Refusal(channel="message") if _offers_another_way(tail, reply) else refusal


def _in_so_many_words(sentence: Sentence, reply: Reply) -> Refusal:
    mail_too = EMAIL_WORD.search(sentence.words) is not None
    whole = Refusal("meaning", email_too=mail_too)
    return _unless_another_way(reply, whole, tail=sentence.words)


def _offers_another_way(tail: str, reply: Reply) -> bool:
    """`No WhatsApp, call me`: one channel refused in favour of another."""
    rest = CALL_REFUSED.sub(" ", " ".join(sentence.words for sentence in reply.sentences))
    pattern = ALTERNATIVE[THIS_CHANNEL.search(tail) is not None]
    return pattern.search(rest) is not None
