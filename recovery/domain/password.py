"""Which passwords are good enough: long, and not among those that are tried first.

Rules of composition are left out on purpose (NIST SP 800-63B §3.1.1, ASVS 5.0 §6.2): they make
passwords alike. Shorter ones are refused whatever they are, so of the known common passwords only
their words matter, which people stretch by digits, signs, repetition and keyboard rows.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from recovery.domain.common_words import COMMON_WORDS

LEAST, MOST = 12, 128
_LOOKALIKE = str.maketrans("@4310$5!7", "aaeiossit")
_ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnmqwertyuiop",
    "qwertyuiopasdfghjklñzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "zaq12wsxcde34rfvbgt56yhnmju7",
)
_RUNS = tuple(row for straight in _ROWS for row in (straight, straight[::-1]))


class PasswordProblem(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


def why_not(password: str, *, about: Iterable[str] = ()) -> PasswordProblem | None:
    """The reason to refuse it; `about` are words anybody would try: name, address, firm."""
    if len(password) < LEAST:
        return PasswordProblem.SHORT
    if len(password) > MOST:
        return PasswordProblem.LONG
    plain = password.casefold()
    if _is_poor(plain):
        return PasswordProblem.COMMON
    own = {part for text in about for part in re.split(r"[\W_]+", text.casefold()) if len(part) > 2}
    if own and len(_without(plain, own | COMMON_WORDS)) < _NEW_LETTERS:
        return PasswordProblem.PERSONAL
    return None


#: Signs that must be left when known words, rows of keys and repetitions are taken out.
_NEW_LETTERS = 4
#: Digits that add nothing: years, birthdays.
_FREE_DIGITS = 8


def _is_poor(plain: str) -> bool:
    unit = re.fullmatch(r"(.{1,6}?)\1*.{0,5}", plain)
    if unit and len(unit[1]) * 2 <= len(plain) and plain.startswith(unit[1] * 2):
        return True
    return any(
        len(_without(form, COMMON_WORDS)) < _NEW_LETTERS
        for form in {plain, plain.translate(_LOOKALIKE)}
    )


def _without(plain: str, words: Iterable[str]) -> str:
    """What is left without rows of keys, known words, signs, and as many digits as a date has."""
    left = _without_runs(plain)
    known = sorted((word for word in words if word in left), key=len, reverse=True)
    for word in known:
        left = left.replace(word, " ")
    digits = sum(sign.isdigit() for sign in left)
    return re.sub(r"[\d\s!-/:-@\[-`{-~]+", "", left) + "0" * (digits - _FREE_DIGITS)


def _without_runs(plain: str) -> str:
    left, start = "", 0
    while start < len(plain):
        length = _run_at(plain, start)
        left += " " if length else plain[start]
        start += length or 1
    return left


def _run_at(plain: str, start: int) -> int:
    """How many signs from here are a row of keys or one sign again and again; 0 below four."""
    end = start + 4
    if len(plain) < end:
        return 0
    same = plain[start] * 4 == plain[start:end]
    if not same and not any(plain[start:end] in row for row in _RUNS):
        return 0
    while end < len(plain) and (
        plain[end] == plain[start] if same else any(plain[start : end + 1] in row for row in _RUNS)
    ):
        end += 1
    return end - start
