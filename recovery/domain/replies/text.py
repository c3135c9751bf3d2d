"""A reply made plain for the rules: no accents, no case, no decoration, cut into sentences."""

import re
import unicodedata
from dataclasses import dataclass

from recovery.domain.replies.spelling import spelled_out

#: Stands where an address stood, so that its words are not read as words.
ADDRESS = "xaddressx"
_ADDRESS = re.compile(r"[^\s<>()\[\],;:]*@[^\s<>()\[\],;:]*")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_SIGNS = {"👍": " yesemoji ", "👌": " yesemoji ", "✅": " yesemoji ", "👎": " noemoji "}
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_HASH = re.compile(r"#(?![\w-])")
_SPACED_OUT = re.compile(r"(?:[a-z][ .\-_*]+){2,}[a-z]")
_SENTENCE = re.compile(r"[!?;\n]+|\.+(?=\s|$)|\.(?=[a-z])|(?<=[a-z])\.|\s[-–—]+\s|[()]")
#: A picture parts what is said before it from what is said after; after a `no` it only decorates.
_PICTURE = re.compile(
    r"(?<!\bno )(?<!\bnao )(?<!\bni )(?<!\bnem )(?<!\bnot )(?<!\bdont )(?<!\bme )(?<!\bde )"
    r"(?<=[a-z] )[\u2600-\u27bf\U0001f300-\U0001faff]+\s*(?=[a-z¿¡])"
)
#: Laughed or marvelled at, `stop it` is none.
_EXCLAIMED = re.compile(r"\b(?:stop|basta|alto|para|parem?|paren?|enough|quit)\b|[😂🤣😅😆😄😁😹]")
_COMMA = re.compile(r",|(?<!\d)\+")
_NOT_WORD = re.compile(r"[^a-z0-9,:+]+")
_COURTESY_TEXT = """
valeu vlw tq tqm ty tks brigado brigada por favor porfavor porfa porfis please pls plz pfv pf
gracias muchas obrigado obrigada
obg obrigadao thanks thank you thx hola oi ola hi hello hey buenas buenos dias tardes noches bom
bon dia boa tarde noite saludos senor senora senorita senhor senhora amigo amiga amigos mano wey
guey che bro man dude po pana parce sir madam mr ok okay bueno pues entao so ahora ya ja now right
aff ufa poxa nossa ay uy ash ugh
agora mismo gente pessoal chicos disculpe disculpa perdon desculpe desculpa sorry mil muito much
very seriously serio serious omg inmediata inmediatamente imediata imediatamente immediate
immediately definitiva
"""
COURTESY = frozenset(_COURTESY_TEXT.split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words joined by one space, commas as words of their own."""

    words: str
    is_question: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: as typed, and as the rules read it."""

    raw: str
    sentences: tuple[Sentence, ...]

    @property
    def clauses(self) -> tuple[Sentence, ...]:
        """The sentences cut at their commas."""
        return tuple(
            Sentence(part.strip(), sentence.is_question)
            for sentence in self.sentences
            for part in sentence.words.split(",")
            if part.strip()
        )

    @property
    def words(self) -> tuple[str, ...]:
        """All words in order, without commas."""
        return tuple(w for s in self.sentences for w in s.words.split() if w != ",")

    @property
    def bare(self) -> tuple[str, ...]:
        """The words without greeting and thanks at either end."""
        return strip_courtesy(self.words)


def strip_courtesy(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without the polite words at both ends; all of them where nothing else would remain."""
    start, end = 0, len(words)
    while start < end and words[start] in COURTESY:
        start += 1
    while end > start and words[end - 1] in COURTESY:
        end -= 1
    return words[start:end] or words


def fold(text: str) -> str:
    """Lower case without accents, signs of agreement as words, stretched letters shortened."""
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, word)
    plain = unicodedata.normalize("NFD", plain.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = (
        re.sub(r"['’`´]", "", plain)
        .replace("e-mail", "email")
        .replace("un-subs", "unsubs")
        .replace("whats app", "whatsapp")
    )
    plain = _HASH.sub(" number ", plain)
    return _STRETCHED.sub(r"\1", plain)


def read(text: str) -> Reply:
    """Cut a message into sentences; addresses and links become one word each."""
    hidden = _LINK.sub(" xlinkx ", _ADDRESS.sub(f" {ADDRESS} ", text))
    folded = fold(hidden)
    if _EXCLAIMED.search(folded) is None:
        folded = _PICTURE.sub("\n", folded)
    if _SPACED_OUT.fullmatch(folded.strip(" .!")):
        folded = re.sub(r"[^a-z]", "", folded)
    return Reply(text, tuple(_sentences(folded)))


def _sentences(folded: str) -> list[Sentence]:
    found, start = [], 0
    for cut in [*_SENTENCE.finditer(folded), None]:
        piece = folded[start : cut.start()] if cut else folded[start:]
        asked = "¿" in piece or bool(cut and "?" in cut.group())
        words = " ".join(spelled_out(_NOT_WORD.sub(" ", _COMMA.sub(r" \g<0> ", piece)).split()))
        if words.strip(", "):
            found.append(Sentence(words, asked))
        start = cut.end() if cut else start
    return found
