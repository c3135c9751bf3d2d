"""The queue's closed sets in words: lanes, reasons, states, what happened, what stands in the way.

Reasons of the rules come as English sentences; those a rep meets are listed here, so that the
catalogues know them.
"""

from recovery.domain.call_check import WhyNot
from recovery.domain.case import CaseEnd, CaseState
from recovery.domain.lane import Lane, SkipReason
from recovery.domain.phone import PhoneKind
from recovery.domain.phone_call import CarrierResult, Progress
from recovery.domain.policy import Goal
from recovery.services.calls.store import Hindrance
from recovery.services.reps.card import Caution
from recovery.services.reps.desk import Agreed, EmailDoubt, Slot
from recovery.web.pages.words import words

LANES = {
    Lane.CALLBACKS: words("Due callbacks"),
    Lane.REPLIES: words("Replies"),
    Lane.NOW: words("Now"),
    Lane.LATER: words("Later"),
    Lane.WAITING: words("Waiting"),
}
SKIPS = {
    SkipReason.WRONG_MOMENT: words("Wrong moment"),
    SkipReason.NEEDS_PREPARATION: words("I must prepare first"),
    SkipReason.KNOWN_PERSON: words("I know them personally"),
    SkipReason.LANGUAGE: words("I do not speak their language"),
    SkipReason.DATA_LOOKS_WRONG: words("The data look wrong"),
    SkipReason.OTHER: words("Another reason"),
}
GOALS = {
    Goal.NEW_EMAIL: words("a new e-mail address"),
    Goal.OTHER_EMAIL: words("another e-mail address"),
    Goal.ADDRESS_WORKS: words("whether their address works"),
    Goal.FRESH_CONSENT: words("their permission to write"),
    Goal.CONFIRM_LINK: words("that they confirm by the link"),
    Goal.LIST_CONSENT: words("permission, or an e-mail address"),
    Goal.COMPLAINT: words("to hear their complaint"),
}
STATES = {
    CaseState.OPEN: words("open"),
    CaseState.PROPOSED: words("a free win waits for a manager"),
    CaseState.CONFIRMING: words("waits for the person's confirmation"),
    CaseState.CONSENTED: words("waits for Keap"),
    CaseState.ENGAGED: words("with the team"),
    CaseState.HOLD: words("on hold"),
    CaseState.CLOSED: words("closed"),
}
ENDS = {
    CaseEnd.RECOVERED: words("recovered"),
    CaseEnd.WITHDRAWN: words("recovered, then bounced again"),
    CaseEnd.HEALED: words("healed by itself"),
    CaseEnd.UNRECOVERED: words("not recovered"),
    CaseEnd.STOPPED: words("stopped"),
    CaseEnd.DELETED: words("deleted"),
    CaseEnd.GONE: words("gone from Keap"),
    CaseEnd.RELATIONSHIP: words("goes on by phone or WhatsApp"),
    CaseEnd.MERGED: words("merged with another case"),
    CaseEnd.NOT_ALLOWED: words("the policy allows it no more"),
    CaseEnd.BY_PERSON: words("closed by the team"),
}
KINDS = {
    PhoneKind.mobile: words("mobile"),
    PhoneKind.landline: words("landline"),
    PhoneKind.either: words("mobile or landline"),
    PhoneKind.other: words("special number"),
}
CAUTIONS = {
    Caution.BLOCK_LIST: words(
        "Their country has a do-not-call list, and no copy of it was imported lately."
    ),
    Caution.NEEDS_CONSENT: words(
        "The law of their country asks for a consent to calls, and none is on record."
    ),
    Caution.REFUSED_EMAIL: words("They unsubscribed or complained: be careful, ask once."),
    Caution.OFFICE_NUMBER: words("The number is shared by many: an office's, perhaps."),
    Caution.PROTECTED: words("Protected: a tag in Keap says they are special."),
}
SLOTS = {
    Slot.IN_AN_HOUR: words("in an hour"),
    Slot.TODAY_LATER: words("later today"),
    Slot.TOMORROW_MORNING: words("tomorrow morning"),
    Slot.TOMORROW_AFTERNOON: words("tomorrow afternoon"),
    Slot.TOMORROW_EVENING: words("tomorrow evening"),
    Slot.IN_THREE_DAYS: words("in three days"),
    Slot.IN_A_WEEK: words("in a week"),
}
CHANNELS = {
    Agreed.WHATSAPP: words("WhatsApp"),
    Agreed.CALL: words("calls"),
    Agreed.EMAIL: words("e-mail"),
}
DOUBTS = {
    EmailDoubt.INCOMPLETE: words("Not an e-mail address yet."),
    EmailDoubt.ROLE: words("This belongs to a function, not to a person: ask for their own."),
    EmailDoubt.TAKEN: words("Another contact has this address: ask once more."),
}
PROGRESS = {
    Progress.STARTING: words("Placing the call …"),
    Progress.YOUR_PHONE_RINGS: words("Your phone rings: pick up"),
    Progress.PRESS_1: words("Press 1 on your phone"),
    Progress.DIALLING: words("Dialling them …"),
    Progress.RINGING: words("It rings at theirs"),
    Progress.TALKING: words("You are talking"),
    Progress.ENDED: words("The call is over"),
    Progress.IN_DOUBT: words("Nobody knows yet whether it rang"),
}
RESULTS = {
    CarrierResult.ANSWERED: words("somebody picked up"),
    CarrierResult.VOICEMAIL: words("an answering machine picked up, it seems"),
    CarrierResult.BUSY: words("busy"),
    CarrierResult.NO_ANSWER: words("nobody picked up"),
    CarrierResult.FAILED: words("the number could not be reached"),
    CarrierResult.CANCELED: words("ended before it rang at theirs"),
    CarrierResult.REP_MISSED: words("your phone was not answered"),
    CarrierResult.REP_DID_NOT_PRESS: words("1 was not pressed"),
    CarrierResult.NOT_PLACED: words("no phone rang"),
    CarrierResult.UNKNOWN: words("nobody can tell whether it rang"),
}
MESSAGE_STATES = {
    "intended": words("leaves in a moment"),
    "sending": words("leaving"),
    "in_doubt": words("in doubt"),
    "accepted": words("accepted"),
    "sent": words("sent"),
    "delivered": words("delivered"),
    "read": words("read"),
    "failed": words("not delivered"),
    "rejected": words("refused"),
    "absent": words("not sent"),
    "cancelled": words("taken back"),
}
HINDRANCES: dict[str, str] = {
    WhyNot.NOT_QUEUED: words("No call waits for this person now."),
    WhyNot.NOT_ACTIVE: words("This case needs no call now."),
    WhyNot.STOPPED: words("This person does not want to be called."),
    WhyNot.WRONG_NUMBER: words("This number is not theirs: choose another."),
    WhyNot.FORBIDDEN: words("This person may not be called."),
    WhyNot.OUTSIDE_HOURS: words("It is not an allowed hour where this person is."),
    WhyNot.NOT_DUE: words("This call is not due yet."),
    WhyNot.CALLED_TODAY: words("This number was called today already."),
    Hindrance.NOT_YOURS: words("Somebody else holds this person: take the next one."),
    Hindrance.UNDER_WAY: words("This call is under way."),
    Hindrance.DIALLED: words("This person was dialled already: say what happened."),
    Hindrance.IN_DOUBT: words("Nobody can tell yet whether this call rang."),
    Hindrance.REP_BUSY: words("You are on another call: end it first."),
    Hindrance.CASE_CHANGED: words("Something changed just now: look once more."),
    Hindrance.NO_LINE: words("Calls cannot be placed here: dial by hand, then say what happened."),
    Hindrance.LINES_BUSY: words("All lines are busy: try again in a moment."),
    Hindrance.CARRIER: words("The carrier refused: dial by hand, then say what happened."),
}
EVENTS = {
    "opened": words("Case opened"),
    "status_changed": words("Status changed in Keap"),
    "note": words("Note"),
    "skipped": words("Skipped"),
    "callback_agreed": words("Call agreed"),
    "consent_given": words("Consent given"),
    "consented": words("Consent: waits for Keap"),
    "new_email": words("New e-mail address"),
    "opted_out": words("Wants no more contact"),
    "email_opted_out": words("Wants no e-mail either: Keap was told"),
    "resumed": words("Back to its calls"),
    "decided_by_person": words("Decided by a person"),
    "asked_for_call": words("Asked to be called"),
    "call_corrected": words("Result of a call corrected"),
    "call_done_in_keap": words("Call done in Keap"),
    "call_no_answer": words("Call: no answer"),
    "call_busy": words("Call: busy"),
    "call_voicemail": words("Call: voicemail"),
    "call_failed": words("Call: could not be reached"),
    "call_spoke": words("Call: spoke with them"),
    "call_new_email": words("Call: gave a new address"),
    "call_consent": words("Call: gave permission"),
    "call_callback": words("Call: wants another one"),
    "call_refused": words("Call: wants no calls"),
    "call_wrong_number": words("Call: wrong number"),
    "call_do_not_contact": words("Call: wants no contact"),
    "call_lapsed": words("Nobody called in time"),
    "call_cancelled": words("Call no longer needed"),
    "wrong_person": words("The number is somebody else's"),
    "delivered": words("WhatsApp delivered"),
    "read": words("WhatsApp read"),
    "failed": words("WhatsApp not delivered"),
    "not_sent": words("WhatsApp not sent"),
    "not_confirmed": words("Did not confirm"),
    "recovery_withdrawn": words("The new address bounced"),
    "assigned": words("Given to somebody"),
    "win_approved": words("Free win approved"),
    "win_rejected": words("Free win rejected"),
    "stop": words("Said stop"),
    "confirm": words("Confirmed"),
    "decline": words("Said no"),
    "call_me": words("Asked to be called"),
    "other": words("Answered"),
    "replied": words("Answered"),
    "unrecovered": words("Not recovered: the hold begins"),
    "stopped": words("Contact ended: the hold begins"),
    "archived": words("Copied to the archive"),
    "approved": words("Deletion approved"),
    "spared": words("Not deleted"),
    "deleted": words("Deleted from Keap"),
    "keap_says": words("Keap shows the new status"),
    "keap_differs": words("Keap shows something else"),
    "opt_in_refused": words("Keap refused the permission"),
    "not_shown_by_keap": words("Keap does not show the permission"),
    "number_written_to": words("Their number got this message for another contact"),
    "was_one_with_others": words("Was taken for one person with others"),
    "absent": words("WhatsApp was never sent"),
    "no_lifted": words("The no was lifted"),
    "link_offered": words("Link to confirm offered"),
    "call_other_person": words("Call: somebody else answered"),
    "engaged": words("Handed to the team"),
}
LANGUAGES = {"es": words("Spanish"), "pt": words("Portuguese"), "en": words("English")}
#: Sentences of the rules, as `domain` and `services` write them.
_REASONS = (
    words("the person does not want to be called"),
    words("the person does not want to be written to"),
    words("there is no usable number"),
    words("this number is not theirs"),
    words("nobody knows where this number is"),
    words("the country's law asks for a consent"),
    words("the country's law asks for a consent to calls, and none is on record"),
    words("the policy allows no WhatsApp in this status"),
    words("the policy has no consent rule"),
    words("no consent to WhatsApp is on record"),
    words("no consent to WhatsApp newer than the opting out is on record"),
    words("who opted out is asked once, and an earlier case did"),
    words("a number or an address of theirs is an office's: such people are called only"),
    words("WhatsApp delivers no marketing templates to this country"),
    words("no number of theirs takes WhatsApp"),
    words("they have not written in the last 24 hours: only an approved question may go"),
    words("it is not an allowed hour where they are"),
)
