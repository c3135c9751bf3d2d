"""The domain of a dictated address: `gmail punto com`, `hot mail . com`, `uol com br`."""

from dataclasses import dataclass

from recovery.domain.replies.dictation_tokens import Kind, Token
from recovery.domain.replies.words import words_of

_TLDS = words_of(
    """
com net org edu gov info biz email online store shop site tech cloud app dev agency digital
studio group global world live life pro name mobi xyz me coop jobs travel tv io ai law company
solutions services consulting design media marketing club art academy gob mil int adv
"""
)
#: What may follow another ending, so that `gmail.com. Es el nuevo` ends with `com`.
_COUNTRIES = words_of(
    "ar au bo br ca cl co cr cu do ec es fr gt hn it mx ni nz pa pe pr pt py sv uk us uy ve"
)
#: Of these one says `com` without its dot.
_PROVIDERS = words_of(
    "gmail hotmail outlook yahoo ymail icloud live msn aol rocketmail proton protonmail gmx bol uol"
    " terra ig sapo globo"
)


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain, where it ends in the text, and whether a sign of it was said."""

    text: str
    end: int
    said: bool


def is_tld(label: str) -> bool:
    """An ending that addresses have; every country's counts."""
    return label in _TLDS or (len(label) == 2 and label.isalpha())


def read_domain(tokens: list[Token]) -> Domain | None:
    """The domain these tokens begin with; None where there is no whole one."""
    rest = [t for t in tokens if t.kind is not Kind.REMARK]
    while rest and rest[0].kind is Kind.PAUSE:
        rest = rest[1:]
    if not rest or rest[0].kind is not Kind.PIECE:
        return None
    text, end, said = rest[0].text, rest[0].end, False
    rest = rest[1:]
    if "." not in text and _halves_provider(text, rest):
        text, end, rest = text + rest[0].text, rest[0].end, rest[1:]
    while (step := _step(text, end, rest)) is not None:
        sign, count = step
        said = said or any(t.said for t in rest[:count])
        text, end = f"{text}{sign}{rest[count - 1].text}", rest[count - 1].end
        rest = rest[count:]
    return Domain(text, end, said) if "." in text else None


def _halves_provider(text: str, rest: list[Token]) -> bool:
    """`Hot mail`."""
    return bool(rest) and rest[0].kind is Kind.PIECE and _first(text + rest[0].text) in _PROVIDERS


def _first(domain: str) -> str:
    return domain.partition(".")[0]


def _step(text: str, end: int, rest: list[Token]) -> tuple[str, int] | None:
    """The sign that joins the next piece on, and how many tokens both take."""
    parted = [t for t in rest[:4] if t.kind is not Kind.PAUSE]
    if len(parted) > 1 and parted[0].kind is Kind.SIGN and parted[1].kind is Kind.PIECE:
        if not _may_follow(text, parted[0], parted[1].text):
            return None
        return parted[0].text, rest.index(parted[1]) + 1
    if len(rest) > 1 and rest[1].kind is Kind.PIECE and rest[0].text in {".", ","}:
        glued = rest[0].start == end
        return (".", 2) if glued and _closes(text, rest[1].text, rest[2:]) else None
    if rest and rest[0].kind is Kind.PIECE and text.split(".")[0] in _PROVIDERS:
        return (".", 1) if _ends_provider(text, rest[0].text, rest[1:]) else None
    return None


def _may_follow(text: str, sign: Token, label: str) -> bool:
    """After an ending only a country's may come; a typed dot with blanks joins an ending on."""
    if "." in text and is_tld(text.rpartition(".")[2]):
        return sign.text == "." and _first(label) in _COUNTRIES
    return sign.said or (sign.text == "." and is_tld(label.rpartition(".")[2]))


def _closes(text: str, label: str, rest: list[Token]) -> bool:
    """`@gmail,com`, `@gmail. com`."""
    if "." in text:
        return label in _COUNTRIES and _is_over(rest) and text.endswith((".com", ".co", ".net"))
    return label.partition(".")[0] in _TLDS


def _ends_provider(text: str, label: str, rest: list[Token]) -> bool:
    """`Gmail com`, `yahoo com br`, `outlook es`."""
    if "." not in text and label.partition(".")[0] == "com":
        return True
    ending = text.partition(".")[2]
    return ending in {"", "com"} and label in _COUNTRIES and _is_over(rest)


def _is_over(rest: list[Token]) -> bool:
    return not rest or rest[0].kind in (Kind.END, Kind.PAUSE)
