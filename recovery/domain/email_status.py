"""Keap's e-mail statuses: 17 in the API, 14 in the screens, three spellings on the wire.

The mapping and its evidence: Keap's own OpenAPI file lists enum names and labels in one order.
"""

import re
from enum import StrEnum
from functools import cache


class EmailStatus(StrEnum):
    """A status of an e-mail address, by its API name; two more are ours."""

    UNENGAGED_MARKETABLE = "UNENGAGED_MARKETABLE"
    SINGLE_OPT_IN = "SINGLE_OPT_IN"
    DOUBLE_OPT_IN = "DOUBLE_OPT_IN"
    CONFIRMED = "CONFIRMED"
    UNENGAGED_NON_MARKETABLE = "UNENGAGED_NON_MARKETABLE"
    NON_MARKETABLE = "NON_MARKETABLE"
    LOCKDOWN = "LOCKDOWN"
    BOUNCE = "BOUNCE"
    HARD_BOUNCE = "HARD_BOUNCE"
    MANUAL = "MANUAL"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"
    LIST_UNSUBSCRIBE = "LIST_UNSUBSCRIBE"
    FEEDBACK = "FEEDBACK"
    SPAM = "SPAM"
    INVALID = "INVALID"
    DEACTIVATED = "DEACTIVATED"
    #: The contact has no e-mail address at all; never on the wire.
    NO_EMAIL = "NO_EMAIL"
    #: A status we do not know: shown, never contacted, never deleted.
    UNKNOWN = "UNKNOWN"
    #: Keap told no status, and its list of undeliverable addresses does not hold this one.
    UNLISTED = "UNLISTED"

    @property
    def number(self) -> int | None:
        """The number of the guide's list, 1 to 14; None for an unknown status."""
        return _NUMBERS.get(self)

    @property
    def is_deliverable(self) -> bool:
        """Keap sends marketing e-mail to it (numbers 1 to 4)."""
        return self in DELIVERABLE

    @property
    def is_refusal(self) -> bool:
        """The person, or the firm at their request, said no (numbers 9 to 13)."""
        return self in REFUSALS

    @property
    def matters(self) -> bool:
        """Such a contact is stored whole: it may have a case, or must be shown."""
        return self not in DELIVERABLE and self is not EmailStatus.UNLISTED

    def label(self, language: str = "en") -> str:
        """The screen label in es, pt or en."""
        return LABELS[self][_LANGUAGES.index(language)]


_S = EmailStatus
DELIVERABLE = frozenset({_S.UNENGAGED_MARKETABLE, _S.SINGLE_OPT_IN, _S.DOUBLE_OPT_IN, _S.CONFIRMED})
REFUSALS = frozenset({_S.MANUAL, _S.ADMIN, _S.LIST_UNSUBSCRIBE, _S.FEEDBACK, _S.SPAM})
#: The statuses a pull asks Keap for: all that no marketing e-mail reaches.
UNDELIVERABLE = tuple(
    s for s in _S if s not in DELIVERABLE | {_S.NO_EMAIL, _S.UNKNOWN, _S.UNLISTED}
)
#: Status 8: the mailbox is gone.
HARD_BOUNCES = frozenset({_S.HARD_BOUNCE, _S.DEACTIVATED})
#: Statuses 6 to 8 and 14, where another deliverable address of the person is a free win.
FAULTS = frozenset({_S.LOCKDOWN, _S.BOUNCE, *HARD_BOUNCES, _S.INVALID, _S.SYSTEM})
#: From these alone an opt-in by API can lead back to marketable, and not always (Keap's API text).
OPT_IN_WORKS = frozenset(
    {_S.UNENGAGED_MARKETABLE, _S.UNENGAGED_NON_MARKETABLE, _S.NON_MARKETABLE, _S.MANUAL}
)

_LANGUAGES = ("es", "pt", "en")
LABELS: dict[EmailStatus, tuple[str, str, str]] = {
    _S.UNENGAGED_MARKETABLE: (
        "Comercializable sin interacción",
        "Comercializável sem interação",
        "Unengaged Marketable",
    ),
    _S.SINGLE_OPT_IN: ("No confirmado", "Não confirmado", "Unconfirmed"),
    _S.DOUBLE_OPT_IN: ("Confirmado (Legacy)", "Confirmado (Legacy)", "Confirmed (Legacy)"),
    _S.CONFIRMED: ("Confirmado", "Confirmado", "Confirmed"),
    _S.UNENGAGED_NON_MARKETABLE: (
        "No comercializable sin interacción",
        "Não comercializável sem interação",
        "Unengaged Non-marketable",
    ),
    _S.NON_MARKETABLE: ("No comercializable", "Não comercializável", "Non-marketable"),
    _S.LOCKDOWN: ("Bloqueado (Lockdown)", "Bloqueado (Lockdown)", "Lockdown"),
    _S.BOUNCE: ("Rebote temporal", "Devolução temporária", "Soft Bounce"),
    _S.HARD_BOUNCE: ("Rebote definitivo", "Devolução definitiva", "Hard Bounce"),
    _S.MANUAL: ("Baja voluntaria", "Descadastro", "Opt-Out"),
    _S.ADMIN: ("Baja por el administrador", "Descadastro pelo administrador", "Opt-Out: Admin"),
    _S.SYSTEM: ("Baja por el sistema", "Descadastro pelo sistema", "Opt-Out: System"),
    _S.LIST_UNSUBSCRIBE: ("Baja de la lista", "Descadastro da lista", "List Unsubscribe"),
    _S.FEEDBACK: ("Baja con comentario", "Saída com comentário", "Provided Feedback"),
    _S.SPAM: ("Marcado como spam", "Marcado como spam", "Reported Spam"),
    _S.INVALID: ("E-mail inválido", "E-mail inválido", "Invalid Email"),
    _S.DEACTIVATED: ("Buzón desactivado", "Caixa desativada", "Deactivated Mailbox"),
    _S.NO_EMAIL: ("Sin e-mail", "Sem e-mail", "No e-mail"),
    _S.UNKNOWN: ("Estado desconocido", "Status desconhecido", "Unknown status"),
    _S.UNLISTED: ("Sin problemas conocidos", "Sem problemas conhecidos", "No known problem"),
}
_NUMBERS: dict[EmailStatus, int] = {
    _S.UNENGAGED_MARKETABLE: 1,
    _S.SINGLE_OPT_IN: 2,
    _S.DOUBLE_OPT_IN: 3,
    _S.CONFIRMED: 4,
    _S.NON_MARKETABLE: 5,
    _S.UNENGAGED_NON_MARKETABLE: 5,
    _S.NO_EMAIL: 5,
    _S.LOCKDOWN: 6,
    _S.BOUNCE: 7,
    _S.HARD_BOUNCE: 8,
    _S.DEACTIVATED: 8,
    _S.MANUAL: 9,
    _S.ADMIN: 10,
    _S.LIST_UNSUBSCRIBE: 11,
    _S.FEEDBACK: 12,
    _S.SPAM: 13,
    _S.INVALID: 14,
    _S.SYSTEM: 14,
}

#: What the API names and the screen labels become once everything but letters is dropped.
_SPELLINGS: dict[str, EmailStatus] = {
    **{s.value.replace("_", "").lower(): s for s in (*DELIVERABLE, *UNDELIVERABLE)},
    "unconfirmed": _S.SINGLE_OPT_IN,
    "singleoptin": _S.SINGLE_OPT_IN,
    "confirmedlegacy": _S.DOUBLE_OPT_IN,
    "softbounce": _S.BOUNCE,
    "optout": _S.MANUAL,
    "optoutmanual": _S.MANUAL,
    "unsubscribedoptoutmanual": _S.MANUAL,
    "unsubscribed": _S.MANUAL,
    "optoutadmin": _S.ADMIN,
    "unsubscribedadminoptout": _S.ADMIN,
    "optoutsystem": _S.SYSTEM,
    "confirmeddoubleoptin": _S.CONFIRMED,
    "unconfirmedsingleoptin": _S.SINGLE_OPT_IN,
    "providedfeedback": _S.FEEDBACK,
    "reportedspam": _S.SPAM,
    "invalidemail": _S.INVALID,
    "deactivateddelinquentmailbox": _S.DEACTIVATED,
    "deactivatedmailbox": _S.DEACTIVATED,
}
_NOT_LETTERS = re.compile(r"[^a-z]")


@cache
def _from_letters(text: str) -> EmailStatus:
    return _SPELLINGS.get(_NOT_LETTERS.sub("", text.lower()), EmailStatus.UNKNOWN)


def parse_email_status(raw: object) -> EmailStatus:
    """Any of the three spellings, in any case; what is not known is UNKNOWN, never an error."""
    return _from_letters(raw[:80]) if isinstance(raw, str) else EmailStatus.UNKNOWN
