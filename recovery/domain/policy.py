"""What may be done per status: one typed, versioned policy."""

import hashlib
import json
from datetime import time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from recovery.domain.country_codes import iso2
from recovery.domain.disposition import Choice, checked
from recovery.domain.email_status import EmailStatus
from recovery.domain.texts import TextRules
from recovery.errors import ConfigurationError

#: What a variable of a message may hold.
_LONGEST_URL = 250


class PolicyError(ConfigurationError):
    """The policy is wrong; each problem begins with the key as it was typed, and has the mend."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class Open(StrEnum):
    """When a case opens for a contact in a status."""

    AUTO = "auto"
    ON_REQUEST = "on_request"
    NEVER = "never"


class WhatsAppRule(StrEnum):
    """What WhatsApp needs; own consent is consent known to be newer than the refusal."""

    NEVER = "never"
    OWN_CONSENT = "own_consent"
    CONSENT = "consent"


class Goal(StrEnum):
    """What a case is to win back."""

    NEW_EMAIL = "new_email"
    OTHER_EMAIL = "other_email"
    ADDRESS_WORKS = "address_works"
    FRESH_CONSENT = "fresh_consent"
    CONFIRM_LINK = "confirm_link"
    LIST_CONSENT = "list_consent"
    COMPLAINT = "complaint"


class _Model(BaseModel):
    # Strict: a number in quotes, or `true` for a number, is a slip that somebody should hear of.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class StatusRule(_Model):
    """One line of the policy: how people in one status may be reached, and their end."""

    open: Open = Open.AUTO
    whatsapp: WhatsAppRule = WhatsAppRule.NEVER
    calls: Annotated[int, Field(ge=0, le=6)] = 0
    messages: Annotated[int, Field(ge=0, le=2)] = 2
    after_days: Annotated[int, Field(ge=0, le=365)] = 0
    cadence: Literal["careful", "persistent"] = "careful"
    delete: bool = False


class ConsentRule(_Model):
    """What proves that a person agreed to be reached."""

    tags: tuple[str, ...] = ()
    field: str = ""
    values: tuple[str, ...] = ()
    inbound: bool = True
    call_tags: tuple[str, ...] = ()

    @property
    def is_set(self) -> bool:
        """Without any rule nobody gets WhatsApp."""
        return bool(self.tags or self.field)


class DailyHours(_Model):
    """An opening within one day, in the contact's local time."""

    # Its two times come out of one text.
    model_config = ConfigDict(strict=False)

    opens: time
    closes: time


class HoursRule(_Model):
    """When people may be contacted, before their country's rule narrows it."""

    weekdays: DailyHours
    saturday: DailyHours | None
    sunday: DailyHours | None
    holidays: bool = True

    @field_validator("weekdays", "saturday", "sunday", mode="before")
    @classmethod
    def _from_text(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        if not value and info.field_name != "weekdays":
            return None
        opens, _, closes = value.partition("-")
        hours = {"opens": opens.strip(), "closes": closes.strip()}
        if not closes or hours["opens"] >= hours["closes"]:
            raise ValueError('write it as "09:00-19:00"')
        return hours


class Caps(_Model):
    """How often one number may be reached, and whose number it is."""

    messages_per_number_day: Annotated[int, Field(ge=1, le=3)] = 1
    calls_per_number_day: Annotated[int, Field(ge=1, le=3)] = 1
    contacts_per_person: Annotated[int, Field(ge=1, le=20)] = 4


class CallDays(_Model):
    """Working days after the first message on which calls fall."""

    careful: tuple[int, ...]
    persistent: tuple[int, ...]

    @field_validator("careful", "persistent")
    @classmethod
    def _rising(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if not days or sorted(set(days)) != list(days) or days[0] < 1:
            raise ValueError("must be rising working days, the first at least 1")
        return days


class DeleteRule(_Model):
    """Limits of what one approved batch may delete."""

    first_batch: Annotated[int, Field(ge=1)] = 10
    max_share: Annotated[float, Field(gt=0, le=1)] = 0.02
    never_called: bool = False


class ApprovalRule(_Model):
    """Who may approve a deletion, and for how many hours it holds."""

    second_person: bool = True
    second_factor: bool = True
    hours: Annotated[int, Field(ge=1, le=168)] = 24


class Intake(_Model):
    """How much work the team can take in; with it a case starts only when somebody is free."""

    reps: Annotated[int, Field(ge=1)]
    calls_per_rep_day: Annotated[int, Field(ge=1)]
    open_chats_per_rep: Annotated[int, Field(ge=1)]


#: Keap takes no tag without a name.
TagName = Annotated[str, Field(min_length=1)]


class TagNames(_Model):
    """The tags put on contacts in Keap."""

    recovered: TagName
    stopped: TagName
    unrecovered: TagName
    engaged: TagName
    relationship: TagName

    @model_validator(mode="after")
    def _tells_outcomes_apart(self) -> "TagNames":
        # One outcome takes off what another put on.
        names = [name.strip().casefold() for name in self.model_dump().values()]
        if len(set(names)) < len(names):
            raise ValueError("give each outcome a tag of its own")
        return self


class ApiGoals(_Model):
    """The call name of each outcome for the account's own automations; empty ones start none."""

    integration: str = ""
    recovered: str = ""
    withdrawn: str = ""
    engaged: str = ""
    stopped: str = ""
    unrecovered: str = ""
    relationship: str = ""

    def call_name(self, outcome: str) -> str:
        """Empty where no goal is named for this outcome."""
        return str(getattr(self, outcome)) if self.integration else ""

    @model_validator(mode="after")
    def _of_one_integration(self) -> "ApiGoals":
        names = self.model_dump(exclude={"integration"})
        if any(names.values()) and not self.integration:
            raise ValueError("name the integration, as the goals in Keap have it")
        return self


class SourcePhrases(_Model):
    """Where people know the firm from, as a message says it."""

    es: str = ""
    pt: str = ""
    en: str = ""


class Policy(_Model):
    """The whole policy, with the chosen profile's rules already merged into `statuses`."""

    profile: Literal["careful", "guide"]
    firm: str
    source: SourcePhrases
    default_region: str
    default_zone: str
    default_language: Literal["es", "pt", "en"]
    confirm_url: str
    hold_days: Annotated[int, Field(ge=0, le=365)]
    free_win_days: Annotated[int, Field(ge=0, le=365)]
    answer_hours: Annotated[int, Field(ge=1, le=336)]
    lapse_days: Annotated[int, Field(ge=1, le=60)]
    message_gap_days: Annotated[int, Field(ge=1, le=60)]
    relationship_counts: bool
    confirm_stop: bool
    registry: Literal["warn", "hold"]
    protected_tags: tuple[str, ...]
    tags: TagNames
    goals: ApiGoals = ApiGoals()
    templates: TextRules = TextRules()
    consent: ConsentRule
    hours: HoursRule
    caps: Caps
    cadence: CallDays
    delete: DeleteRule
    approval: ApprovalRule
    intake: Intake | None = None
    #: What reps may say of a call; `domain.disposition.Choices` finds one of them.
    dispositions: tuple[Choice, ...] = ()
    statuses: dict[EmailStatus, StatusRule]

    _list_of_calls = field_validator("dispositions")(checked)

    @field_validator("default_region")
    @classmethod
    def _two_letters(cls, region: str) -> str:
        if region and not (len(region) == 2 and region.isalpha()):
            raise ValueError('must be two letters, such as "MX", or empty')
        if region and iso2(region) is None:
            raise ValueError(f'{region!r} is no country; write one such as "MX", or nothing')
        return region.upper()

    @field_validator("default_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone and zone not in available_timezones():
            raise ValueError('must be a time zone such as "America/Mexico_City", or empty')
        return zone

    @field_validator("confirm_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith("https://"):
            raise ValueError("must begin with https://")
        if url and (not urlsplit(url).hostname or len(url.split()) > 1 or url.strip() != url):
            raise ValueError("must be a whole web address without spaces")
        if len(url) > _LONGEST_URL:
            raise ValueError(f"must be at most {_LONGEST_URL} characters, not {len(url)}")
        return url

    @model_validator(mode="after")
    def _calls_have_days(self) -> "Policy":
        for status, rule in self.statuses.items():
            if rule.calls > len(self._days_for(rule)):
                raise ValueError(
                    f"{status.value.lower()}: {rule.calls} calls need as many days in [cadence]"
                )
        return self

    @cached_property
    def version(self) -> str:
        """Eight hex digits that change with any rule; stored with every decision."""
        rules = self.model_dump(
            mode="json", exclude={"dispositions"}
        )  # decide nothing by themselves
        text = json.dumps(rules, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def rule(self, status: EmailStatus) -> StatusRule:
        """The rule of a status; deliverable and unknown ones open nothing."""
        return self.statuses.get(status, _NEVER)

    def call_days(self, rule: StatusRule) -> tuple[int, ...]:
        """Working days of this rule's calls; fewer calls take the first days."""
        return self._days_for(rule)[: rule.calls]

    def _days_for(self, rule: StatusRule) -> tuple[int, ...]:
        careful, persistent = self.cadence.careful, self.cadence.persistent
        wants_more = rule.cadence == "persistent" or rule.calls > len(careful)
        return persistent if wants_more else careful

    def goal(self, status: EmailStatus) -> Goal:
        """What a case in this status is to win back."""
        if status is EmailStatus.LOCKDOWN:
            return Goal.CONFIRM_LINK if self.confirm_url else Goal.NEW_EMAIL
        return GOALS[status]


_NEVER = StatusRule(open=Open.NEVER)
_S = EmailStatus
#: What is won back in each status a case may open in; a lockdown's goal hangs on `confirm_url`.
GOALS = {
    _S.NON_MARKETABLE: Goal.LIST_CONSENT,
    _S.UNENGAGED_NON_MARKETABLE: Goal.LIST_CONSENT,
    _S.NO_EMAIL: Goal.LIST_CONSENT,
    _S.BOUNCE: Goal.ADDRESS_WORKS,
    _S.HARD_BOUNCE: Goal.NEW_EMAIL,
    _S.DEACTIVATED: Goal.NEW_EMAIL,
    _S.INVALID: Goal.NEW_EMAIL,
    _S.SYSTEM: Goal.OTHER_EMAIL,
    _S.MANUAL: Goal.FRESH_CONSENT,
    _S.ADMIN: Goal.FRESH_CONSENT,
    _S.LIST_UNSUBSCRIBE: Goal.FRESH_CONSENT,
    _S.FEEDBACK: Goal.COMPLAINT,
    _S.SPAM: Goal.COMPLAINT,
}
