"""What a dictated address has before its sign, and whether its beginning is certain."""

import re
from dataclasses import dataclass
from itertools import takewhile

from recovery.domain.replies.address_offer import is_order
from recovery.domain.replies.dictation_tokens import DIGITS, Kind, Token
from recovery.domain.replies.text import COURTESY
from recovery.domain.replies.vocatives import is_vocative
from recovery.domain.replies.words import words_of

#: After these words an address begins.
_INTRO = words_of(
    """
es e is its it x correo mail email emails direccion endereco address seria sera ser a al ao o el
la para pra pro por to this este esse esta ese eso nuevo novo nova nueva new ahora agora now use
usa usen usar usem utilizar with con com hola oi ola hi hello si sim yes no nao ok claro dale
anota at anote anoten escribeme escribanme escriba mandame manda mande mi meu my gmail correcto
correto correct tengo tenho have and y aqui here mejor melhor be as seguinte siguiente was era
aca ai ahi down try porfa favor perdon digo ou or
yeah yep sip sii sure listo please pls porfis gracias thanks obrigada obrigado bueno ponle poe pon
buen buenos buenas dias dia tardes tarde noches noite boa bom good morning afternoon evening
"""
)
#: After these somebody is spoken to, not of.
_GREETING = words_of("ai ahi aca aqui favor porfa si sim yes claro hola oi ola hi hello")
_NEVER_LOCAL = (_INTRO - {"gmail"}) | words_of(
    "instagram insta ig twitter facebook face tiktok telegram usuario mio meio called llama"
)
#: Before a sign these say that there is one, or none: `sin el punto ana@…`.
_ABOUT_SIGN = words_of("sin sem without con com with no un um una an el the falta lleva tem")
#: A letter by its name, or a word.
_LETTER_NAMES = words_of("jota hache eme ene efe ele erre equis zeta uve doble aga")
#: Before an English `at` that is none.
_NEVER_AT = words_of("look work me us")
#: Words in the midst of a name said as one: `loja da neide`.
_INNER = words_of("de da do del dos das y e la las los el and of the")
_ARTICLES = words_of("la el los las o a the")
_NAMES_IT = words_of("es is its it's seria sera correo mail email e-mail address")
#: Who dictates such words is still speaking.
_TALK = words_of(
    "soy sou im i'm am i yo eu que lo le les te me pode puede can you vou voy tiene tem"
)
_MOST_WORDS = 6
#: A sign so many tokens before may belong to the address.
_NEAR = 4


@dataclass(frozen=True, slots=True)
class Local:
    """A local part, and where it begins in the text."""

    text: str
    start: int


def read_local(said: str, tokens: list[Token], sign: Token, *, strict: bool) -> Local | None:
    """The local part these tokens end with before a sign; None where its beginning is a guess.

    Said to be all one word, the words are joined; `strict` asks for a word that introduces it.
    """
    taken = _walked(tokens)
    if not taken or not _is_sound(taken, tokens, sign):
        return None
    if not _begins(said[: taken[0].start], tokens, taken, strict=strict):
        return None
    return Local("".join(token.text for token in taken), taken[0].start)


def read_together(tokens: list[Token]) -> Local | None:
    """The same, said to be all one word: the words of its clause are joined."""
    taken = _together(tokens)
    return Local("".join(token.text for token in taken), taken[0].start) if taken else None


def extends(tokens: list[Token]) -> bool:
    """A sign is said before what was typed at once: `ana punto paz@…`."""
    if len(tokens) < 3 or tokens[-2].kind is not Kind.SIGN:
        return False
    return tokens[-3].kind is Kind.PIECE and tokens[-3].text not in _ABOUT_SIGN


def _walked(tokens: list[Token]) -> list[Token]:
    """Pieces with a sign between each two, a number after its word, or single letters."""
    taken: list[Token] = []
    for i in reversed(range(len(tokens))):
        token = tokens[i]
        if _is_skipped(token, tokens[i - 1] if i else None, taken):
            continue
        if not _fits(token, taken) or _is_about_sign(tokens, i):
            break
        taken.insert(0, token)
    if _letters(taken) == 2 and taken[0].text == "e":
        taken = taken[1:]  # `é v ponto lima`
    return taken if taken and taken[0].kind is Kind.PIECE else []


def _is_skipped(token: Token, before: Token | None, taken: list[Token]) -> bool:
    """Pauses beside a sign, and remarks on what was just said."""
    if not taken:
        return token.kind in (Kind.PAUSE, Kind.REMARK)
    beside = taken[0].kind is Kind.SIGN or (before is not None and before.kind is Kind.SIGN)
    return token.kind is Kind.PAUSE and beside


def _fits(token: Token, taken: list[Token]) -> bool:
    if token.kind is Kind.SIGN:
        return bool(taken) and taken[0].kind is Kind.PIECE
    if token.kind is not Kind.PIECE:
        return False
    if not taken or taken[0].kind is Kind.SIGN:
        return True
    return taken[0].text.isdigit() or len(token.text) == len(taken[0].text) == 1


def _is_about_sign(tokens: list[Token], i: int) -> bool:
    """`It has an underscore, …`: said of a sign, which stands further on."""
    return tokens[i].kind is Kind.SIGN and i > 0 and tokens[i - 1].text in _ABOUT_SIGN


def _is_sound(taken: list[Token], tokens: list[Token], sign: Token) -> bool:
    """No digit that may be a word, no word that is none of an address, no sign left out."""
    first = taken[0].text
    if any(token.text in DIGITS or token.text in _LETTER_NAMES for token in taken):
        return False
    if not sign.said and _letters(taken) > 1:
        return False
    never = _NEVER_LOCAL | (_NEVER_AT if sign.kind is Kind.MAYBE_AT else frozenset())
    if len(taken) == 1 and first in never:
        return False
    spelt = any(t.text == "spelt" for t in tokens[tokens.index(taken[-1]) :])
    return not spelt or any(re.search(r"[._-]", token.text) for token in taken)


def _begins(said: str, tokens: list[Token], taken: list[Token], *, strict: bool) -> bool:
    """What stands before it lets an address begin here."""
    first = tokens.index(taken[0])
    words = _words(said)
    if first and tokens[first - 1].kind is Kind.REMARK:
        return True
    if any(_is_left_out(tokens[:i]) for i in range(max(1, first - _NEAR + 1), first + 1)):
        return False
    if len(taken[0].text) == 1 and words and words[-1] in _ABOUT_SIGN:
        return False
    letters = _letters(taken)
    if letters > 1:
        return letters > 2 and _begins_letters(words, taken[0].text)
    if strict and words and len(taken) == 1:
        return words[-1].strip(":,.") in _INTRO
    paused = any(token.kind is Kind.PAUSE for token in tokens[first:])
    return _begins_after_pause(words) if paused else _begins_address(words)


def _is_left_out(tokens: list[Token]) -> bool:
    """These end with a sign of it, with words between: `m punto de la paz`."""
    last = tokens[-1]
    if not last.said or last.kind is not Kind.SIGN or _is_about_sign(tokens, len(tokens) - 1):
        return False
    return all(token.kind not in (Kind.AT, Kind.MAYBE_AT) for token in tokens)


def _words(before: str) -> list[str]:
    return before.replace("e-mail", "email").replace("'", "").replace("’", "").split()


def _begins_after_pause(before: list[str]) -> bool:
    """Of those who pause after each word a pause alone tells nothing."""
    before = [word for word in (word.rstrip(",….") for word in before) if word]
    return _begins_address(before) or before[-1] in COURTESY


def _letters(taken: list[Token]) -> int:
    """How many single letters it begins with."""
    pieces = takewhile(lambda token: token.kind is Kind.PIECE and len(token.text) == 1, taken)
    return sum(1 for _ in pieces)


def _begins_letters(before: list[str], first: str) -> bool:
    """`Anote: r i t a`; a letter that is a word, or nothing before them, leaves a doubt."""
    if not before:
        return False
    last = before[-1]
    if last[-1] in ":," or last in {"es", "is", "its", "seria"}:
        return True
    return len(last) > 1 and last.isalnum() and first not in "aeoy"


def _begins_address(before: list[str]) -> bool:
    """Nothing, a sign, an order, or an order and to whom it is said."""
    if not before or not before[-1][-1].isalnum() or before[-1].strip(":,.") in _INTRO:
        return True
    if len(before) > 1 and is_vocative(before[-1]):
        return before[-2].strip(",") in _GREETING or is_order(before[-2])
    return is_order(before[-1])


def _together(tokens: list[Token]) -> list[Token]:
    """The words of the clause, without those that introduce them."""
    taken: list[Token] = []
    for i in reversed(range(len(tokens))):
        token = tokens[i]
        number = all(t.text.isdigit() for t in taken)
        if _is_skipped(token, tokens[i - 1] if i else None, [] if number else taken):
            continue
        if token.kind not in (Kind.PIECE, Kind.SIGN):
            return _without_lead(taken, marked=token.kind is Kind.REMARK)
        taken.insert(0, token)
    return _without_lead(taken, marked=False)


def _without_lead(taken: list[Token], *, marked: bool) -> list[Token]:
    words = [token.text for token in taken]
    start = max((i + 1 for i, word in enumerate(words) if word in _NAMES_IT), default=0)
    while not marked and start < len(words) and _leads(words, start):
        start += 1
    kept = words[start:]
    doubtful = not marked and start > 0 and words[start - 1] in _ARTICLES
    talk = [word for word in kept if word in _TALK or (word in _INTRO and word not in _INNER)]
    if doubtful or talk or len(kept) > _MOST_WORDS:
        return []
    return taken[start:]


def _leads(words: list[str], i: int) -> bool:
    return words[i] in _INTRO or is_order(words[i]) or (i > 0 and is_vocative(words[i]))
