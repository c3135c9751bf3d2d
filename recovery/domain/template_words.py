"""Words by which a lint knows an offer, and a message that says it is the last."""

import re
from collections.abc import Mapping
from types import MappingProxyType

#: Anything that sells turns a question about an address into advertising.
OFFER_WORDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "es": re.compile(
            r"(?i)\b(?:ofertas?|descuentos?|promo(?:ci[oó]n(?:es)?|s)?|gratis|gratuit[oa]s?|rebajas?"
            r"|cup[oó]n(?:es)?|regalos?|aproveche|exclusiv[oa]s?|precios?|ganar?|sorteo)\b|\d\s*%|[$€]"
        ),
        "pt": re.compile(
            r"(?i)\b(?:ofertas?|descontos?|promo(?:ç[ãa]o|ções|s)?|gr[áa]tis|gratuit[oa]s?|cupo(?:m|ns)"
            r"|presentes?|brindes?|aproveite|exclusiv[oa]s?|preços?|ganhe|sorteio)\b|\d\s*%|R?\$"
        ),
        "en": re.compile(
            r"(?i)\b(?:offers?|discounts?|promo(?:tions?|s)?|free|sales?|coupons?|gifts?|exclusive"
            r"|deals?|prices?|win|save)\b|\d\s*%|[$€]"
        ),
    }
)

LAST_WORDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "es": re.compile(r"(?i)\búltim[oa]\s+(?:mensaje|vez)"),
        "pt": re.compile(r"(?i)\búltima\s+(?:mensagem|vez)"),
        "en": re.compile(r"(?i)\blast\s+(?:message|time)"),
    }
)
