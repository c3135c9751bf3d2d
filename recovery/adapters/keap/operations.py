"""The operations of Keap's REST v2 that we use, by their names in Keap's own OpenAPI file."""

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a second, identical request would do; decides who may retry."""

    READ = "read"
    SETTLES = "settles"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `path` below `/rest/v2` holds `{}` for each id.

    A missing `is_optional` one (404) is Unsupported; elsewhere 404 means the record is gone.
    `answers` is False where an empty 2xx says all.
    """

    name: str
    method: str
    path: str
    effect: Effect = Effect.READ
    is_optional: bool = False
    answers: bool = True

    @property
    def names_no_record(self) -> bool:
        """Whether a 404 can only mean that this server has no such path."""
        is_list = self.effect is Effect.READ and "{}" not in self.path
        return self.is_optional or is_list


def _read(name: str, path: str, *, is_optional: bool = False) -> Operation:
    return Operation(name, "GET", path, Effect.READ, is_optional)


LIST_STATUSES = _read("listEmailAddressStatuses", "/emailAddresses", is_optional=True)
GET_STATUS = _read("getEmailAddressStatus", "/emailAddresses/{}/status")
UPDATE_STATUS = Operation(
    "updateEmailAddressOptStatus", "PATCH", "/emailAddresses/{}/status", Effect.SETTLES
)
LIST_CONTACTS = _read("listContacts", "/contacts")
GET_CONTACT = _read("getContact", "/contacts/{}")
PATCH_CONTACT = Operation("updateContact", "PATCH", "/contacts/{}", Effect.SETTLES, answers=False)
DELETE_CONTACT = Operation("deleteContact", "DELETE", "/contacts/{}", Effect.ONCE, answers=False)
CONTACT_MODEL = _read("retrieveContactModel", "/contacts/model", is_optional=True)
CONTACT_TAGS = _read("listTagsForContact", "/contacts/{}/tags")
CONTACT_NOTES = _read("listNotes", "/contacts/{}/notes")
CREATE_NOTE = Operation("createNote", "POST", "/contacts/{}/notes", Effect.ONCE)
CHANGE_NOTE = Operation("updateNote", "PATCH", "/contacts/{}/notes/{}", Effect.SETTLES)
LIST_TAGS = _read("listTags", "/tags")
CREATE_TAG = Operation("createTag", "POST", "/tags", Effect.ONCE)
APPLY_TAG = Operation("applyTags", "POST", "/tags/{}/contacts:applyTags", Effect.SETTLES)
REMOVE_TAG = Operation(
    "removeTags", "POST", "/tags/{}/contacts:removeTags", Effect.SETTLES, answers=False
)
LIST_TASKS = _read("listTasks", "/tasks")
CREATE_TASK = Operation("createTask", "POST", "/tasks", Effect.ONCE)
PATCH_TASK = Operation("updateTask", "PATCH", "/tasks/{}", Effect.SETTLES, answers=False)
LIST_ORDERS = _read("listOrders", "/orders", is_optional=True)
LIST_SUBSCRIPTIONS = _read("listSubscriptions", "/subscriptions", is_optional=True)
LIST_OPPORTUNITIES = _read("listOpportunities", "/opportunities", is_optional=True)
#: A 404 may be said of one goal or contact alone: it must not end all others.
ACHIEVE_GOAL = Operation("achieveGoal", "POST", "/automations/goals/achieve", Effect.ONCE)
LIST_USERS = _read("listPaginatedUsers", "/users")
USER_INFO = _read("getUserInfo", "/oauth/connect/userinfo", is_optional=True)
