"""What an address is dictated with: words and signs, said or typed, in three languages."""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from recovery.domain.replies.words import any_of


class Kind(StrEnum):
    """What a token does in an address."""

    PIECE = "piece"
    SIGN = "sign"
    AT = "at"
    #: `At` is a sign only before a domain.
    MAYBE_AT = "maybe_at"
    #: A comma or dots, with which some part what they dictate.
    PAUSE = "pause"
    #: How to write it: `all one word`, `in lower case`.
    REMARK = "remark"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A part of the text, where it stands, and whether a sign was said or typed."""

    kind: Kind
    text: str
    start: int
    end: int
    said: bool = False


_TOGETHER = (
    r"(?:(?:todo|tudo) (?:junt|pegad|unid|seguid|corrid)[oa]s?|all (?:together|one word|joined up)"
    r"|(?:as )?one word|(?:pegad|junt)[oa]s?(?=,? (?:arroba|at\b|@))"
    r"|(?:sin|sem|no|without)(?: any)? (?:espacios?|espacos?|spaces?))"
    r"(?:,? (?:con (?:el )?punto|com (?:o )?ponto|with (?:the |a )?dot)(?= ?(?:,|$|arroba)))?"
)
_ONE_WORD = re.compile(_TOGETHER)
_SMALL = (
    r"(?:(?:(?:todo|tudo|all) )?(?:(?:en|em|in|con|(?<=do )com|(?<=, )com) )?"
    r"(?:(?:letras? )?minuscul[oa]s?|lower ?case|small letters|no cap(?:ital)?s"
    r"|(?:sin|sem) ma[yi]usculas)(?: (?:all of it|letters|everything|todo|tudo|[a-z]\b))?)"
)
_AT = any_of("arrobas? arrova aroba arova")
_DOT = any_of("puntos? ponto dot pto puntito pontinho")
_LINE = (
    r"(?:(?:guion(?:cito)?|raya|barra|linea|traco|tracinho) (?:de )?"
    r"(?:baj[oa]|abajo|baix[oa]|em ?baixo)|raya al piso|under ?(?:line|score|scor|laine)"
    r"|sublinhad[oa]|sublinha|subrayado|anderlain|piso)"
)
_DASH = r"(?:guion(?:cito)?(?: (?:medio|del? medio|normal))?|traco|tracinho|hifen|dash|hyphen)"
#: `Ana_paz, con guion bajo, arroba …`
_SPELT = (
    rf"(?:con|com|with|sin|sem|without)(?: (?:el|o|an?|un|um|the))? (?:acentos?|tildes?|accents?"
    rf"|{_LINE}|{_DASH}|{_DOT})(?=[,)]? ?(?:arroba|at\b|@))"
)
_HAS_SIGN = re.compile(rf"(?:con|com|with) (?:\w+ )?(?:{_LINE}|{_DASH}|{_DOT})")
_HOW = rf"(?:{_TOGETHER}|{_SMALL}|{_SPELT})"
_BEGIN, _END = r"(?<![\w.@+-])", r"(?![\w@+-]|\.\w)"
_TOKEN = re.compile(
    rf"(?P<remark>(?:, ?|\()?\b{_HOW}(?:,? (?:(?:y|e|and) )?{_HOW})*\b(?: ?[,:)])?)"
    rf"|(?P<shown>[(\[{{<] ?(?:at|arroba|a|@) ?[)\]}}>])"
    rf"|(?P<said>{_BEGIN}{_AT}{_END}|(?<=[a-z0-9])arroba(?=[a-z0-9-]+\.))|(?P<at>@)"
    rf"|(?P<maybe>{_BEGIN}at{_END})"
    rf"|(?P<dot>[(\[{{<] ?(?:dot|punto|ponto|\.) ?[)\]}}>]|{_BEGIN}{_DOT}{_END}"
    rf"|{_BEGIN}(?:punto|ponto|dot)(?=com\b))"
    rf"|(?P<line>\(?{_BEGIN}{_LINE}{_END}\)?)|(?P<dash>\(?{_BEGIN}{_DASH}{_END}\)?)"
    r"|(?P<loose>(?<=[\w)] )[._](?= ?\w))"
    r"|(?P<piece>(?:(?!arroba[a-z0-9-]+\.)[a-z0-9])+(?:[._+'’-]+[a-z0-9]+)*_*)"
    r"|(?P<pause>,|\.{2,}|…)|(?P<blank>[ \t]+)|(?P<end>.)",
    re.DOTALL,
)
#: `T-O-B-Y`.
_LETTERS = re.compile(r"[a-z](?:-[a-z]){2,}(?![a-z-])")
_SIGNS = {"dot": ".", "line": "_", "dash": "-"}
#: A digit said alone: two in a row are digits, one may as well be a word.
_DIGIT_TEXT = """
cero 0 zero 0 uno 1 um 1 one 1 dos 2 dois 2 two 2 tres 3 three 3 cuatro 4 quatro 4 four 4 cinco 5
five 5 seis 6 meia 6 six 6 siete 7 sete 7 seven 7 ocho 8 oito 8 eight 8 nueve 9 nove 9 nine 9
"""
DIGITS = dict(zip(_DIGIT_TEXT.split()[::2], _DIGIT_TEXT.split()[1::2], strict=True))


class _Base(dict[int, int]):
    """Each letter without case and accent; the text keeps its length."""

    def __missing__(self, code: int) -> int:
        plain = unicodedata.normalize("NFD", chr(code))[0].lower()
        self[code] = ord(plain) if len(plain) == 1 else code
        return self[code]


_BASE = _Base()


def plain(text: str) -> str:
    """Without case and accents, letter for letter."""
    return text.translate(_BASE)


def tokens_of(said: str) -> list[Token]:
    """A plain text cut into tokens; what is between two of them is blank."""
    found = [_token(match) for match in _TOKEN.finditer(said) if match.lastgroup != "blank"]
    return _with_digits([_paused(found, i) for i in range(len(found))])


def _token(match: re.Match[str]) -> Token:
    group = match.lastgroup or ""
    start, end = match.span()
    match group:
        case "remark":
            return Token(Kind.REMARK, _told(match), start, end)
        case "shown" | "said" | "at":
            return Token(Kind.AT, "@", start, end, said=group != "at")
        case "maybe":
            return Token(Kind.MAYBE_AT, "@", start, end, said=True)
        case "dot" | "line" | "dash":
            return Token(Kind.SIGN, _SIGNS[group], start, end, said=True)
        case "loose":
            return Token(Kind.SIGN, match.group(), start, end)
        case _:
            return Token(Kind(group), _LETTERS.sub(_joined, match.group()), start, end)


def _joined(letters: re.Match[str]) -> str:
    return letters.group().replace("-", "")


def _told(remark: re.Match[str]) -> str:
    """`together`, `spelt` with a sign, or nothing but its case."""
    together = _ONE_WORD.search(remark.string, remark.start())
    if together is not None and together.start() < remark.end():
        return "together"
    return "spelt" if _HAS_SIGN.search(remark.group()) else ""


def _paused(tokens: list[Token], i: int) -> Token:
    """A full stop beside a sign is a pause as well: `ana. arroba. gmail. punto. com`."""
    beside = [*tokens[i - 1 : i], *tokens[i + 1 : i + 2]]
    if tokens[i].text != "." or tokens[i].kind is not Kind.END:
        return tokens[i]
    signs = any(token.said and token.kind in (Kind.SIGN, Kind.AT) for token in beside)
    return replace(tokens[i], kind=Kind.PAUSE) if signs else tokens[i]


def _with_digits(tokens: list[Token]) -> list[Token]:
    """`Nueve cinco` is 95."""
    return [
        replace(token, text=DIGITS[token.text])
        if _is_digit(token) and any(map(_is_digit, (*tokens[i - 1 : i], *tokens[i + 1 : i + 2])))
        else token
        for i, token in enumerate(tokens)
    ]


def _is_digit(token: Token) -> bool:
    return token.kind is Kind.PIECE and token.text in DIGITS
