"""An address spelled out or typed with blanks, put together as it should stand.

`Ana guion bajo paz 77, arroba gmail punto com`: pieces and signs to the left of an at sign, a
domain to its right. Where it begins must be certain; where it is not, a person reads the message.
"""

import re
import unicodedata

from recovery.domain.replies.dictation_domain import Domain, is_tld, read_domain
from recovery.domain.replies.dictation_local import extends, read_local, read_together
from recovery.domain.replies.dictation_tokens import Kind, Token, plain, tokens_of
from recovery.domain.replies.text import INVISIBLE

_AT = (Kind.AT, Kind.MAYBE_AT)
_HINT = re.compile(r"@|ar+[ou][bv]a|\bat\b|[(\[{<] ?a ?[)\]}>]", re.IGNORECASE)
_Change = tuple[int, int, str]


def written_out(text: str) -> str | None:
    """The text with its addresses as they are typed; None where one is in doubt."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    if _HINT.search(text) is None:
        return text
    said = plain(text)
    tokens = tokens_of(said)
    changes: list[_Change] = []
    for at in [i for i, token in enumerate(tokens) if token.kind in _AT]:
        found = _address(said, tokens, at)
        if found is None:
            return None
        changes += found
    if any(token.kind is Kind.AT for token in tokens) or changes:
        changes += _remarks(tokens, changes)
    for start, end, instead in sorted(changes, reverse=True):
        text = f"{text[:start]}{instead}{text[end:]}"
    return text


def _remarks(tokens: list[Token], changes: list[_Change]) -> list[_Change]:
    """How it is written is no word on whose it is."""
    return [
        (token.start, token.end, " ")
        for token in tokens
        if token.kind is Kind.REMARK
        and not any(start <= token.start < end for start, end, _ in changes)
    ]


def _address(said: str, tokens: list[Token], at: int) -> list[_Change] | None:
    """What to put in the place of one address; None where it is in doubt."""
    sign = tokens[at]
    domain = read_domain(tokens[at + 1 :])
    if domain is None or _is_place(tokens[at + 1 :], sign, domain):
        return []
    before = tokens[:at]
    if _is_glued(said, sign) and not extends(before):
        typed = said[sign.end : domain.end] == domain.text
        return [] if typed else [(sign.start, domain.end, f"@{domain.text}")]
    if any(token.text == "together" for token in tokens):
        local = read_together(before)
    else:
        strict = sign.kind is Kind.MAYBE_AT and not domain.said
        local = read_local(said, before, sign, strict=strict)
    if local is None:
        return [] if _may_be_none(before, sign, domain) else None
    return [(local.start, domain.end, f"{local.text}@{domain.text}")]


def _is_glued(said: str, sign: Token) -> bool:
    """Typed at once behind its local part."""
    return not sign.said and sign.start > 0 and not said[sign.start - 1].isspace()


def _is_place(after: list[Token], sign: Token, domain: Domain) -> bool:
    """`At the dot on`; of two, `write me at bob dot lee at acme dot com`, the first."""
    rest = [token for token in after if token.start >= domain.end]
    if sign.kind is not Kind.MAYBE_AT:
        return False
    return not is_tld(domain.text.rpartition(".")[2]) or (bool(rest) and rest[0].kind in _AT)


def _may_be_none(before: list[Token], sign: Token, domain: Domain) -> bool:
    """`I saw it at acme.com`; `look at @acme.com` where another address stands before."""
    if sign.kind is Kind.MAYBE_AT:
        return not domain.said
    return not sign.said and any(t.kind is Kind.AT and not t.said for t in before)
