"""Why a template is refused."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """The closed set of reasons for which a template is refused."""

    UNREADABLE = "unreadable"
    BAD_NAME = "bad_name"
    BAD_LANGUAGE = "bad_language"
    NO_CATEGORY = "no_category"
    UTILITY_WITHOUT_ORDER = "utility_without_order"
    NO_STEP = "no_step"
    BAD_GOAL = "bad_goal"
    EMPTY_BODY = "empty_body"
    BODY_TOO_LONG = "body_too_long"
    BODY_LONGER_THAN_ADVISED = "body_longer_than_advised"
    BODY_BLANK_LINES = "body_blank_lines"
    BODY_SPACES = "body_spaces"
    VARIABLE_SYNTAX = "variable_syntax"
    VARIABLE_NAME = "variable_name"
    VARIABLE_AT_START = "variable_at_start"
    VARIABLE_AT_END = "variable_at_end"
    VARIABLES_ADJACENT = "variables_adjacent"
    TOO_MANY_VARIABLES = "too_many_variables"
    TOO_FEW_WORDS = "too_few_words"
    SAMPLE_MISSING = "sample_missing"
    SAMPLE_INVALID = "sample_invalid"
    SAMPLE_UNUSED = "sample_unused"
    FALLBACK_INVALID = "fallback_invalid"
    BUTTON_COUNT = "button_count"
    BUTTON_TITLE = "button_title"
    BUTTON_ID = "button_id"
    BUTTON_TWICE = "button_twice"
    NO_STOP_BUTTON = "no_stop_button"
    BUTTONS_NOT_HERE = "buttons_not_here"
    LINK = "link"
    UNMASKED_ADDRESS = "unmasked_address"
    FIRM_NOT_NAMED = "firm_not_named"
    SOURCE_NOT_SAID = "source_not_said"
    NOT_ONE_QUESTION = "not_one_question"
    OFFER = "offer"
    SENSITIVE_DATA = "sensitive_data"
    LAST_NOT_SAID = "last_not_said"
    LANGUAGE_MISSING = "language_missing"
    LANGUAGES_DIFFER = "languages_differ"
    SAME_TEXT_TWICE = "same_text_twice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; ``line`` is the line in the template's file."""

    code: Code
    line: int
    message: str
    mend: str
    #: Where in the front matter, whose lines only its reader knows: a key, then what stands there.
    about: tuple[str, ...] = ()
