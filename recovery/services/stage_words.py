"""Counts of a run, and why people were left out, in the words that everybody reads."""

_COUNTS = {
    "pulled": "contacts read",
    "opened": "cases opened",
    "closed_healed": "healed by themselves",
    "joined": "joined the open case of the same person",
    "decided_message": "to be written to",
    "decided_call": "to be called",
    "decided_wait": "wait",
    "decided_hold": "in hold",
    "decided_close": "closed",
    "decided_free_win": "free wins for a manager",
    "decided_archive": "ready for the archive",
    "calls_lapsed": "calls lapsed",
    "whatsapp_sent": "sent",
    "calls_queued": "calls queued",
    "repaired": "found without a callback",
    "doubts_settled": "doubts settled",
    "absent": "never reached Twilio",
    "written_to_keap": "written to Keap",
    "awaiting_approval": "not yet deleted",
}
_REASONS = {
    "was_deleted": "deleted from Keap earlier: nothing is automatic",
    "finished_before": "their case ended before: another needs a healing or a person",
    "over_the_limit": "over the limit",
    "live_sending_off": "RECOVERY_LIVE_SENDING is off",
    "promise_broken": "a promise is broken: see `recovery doctor --invariants`",
    "brake": "a brake is on: see `recovery doctor`",
    "canary": "wait for what becomes of the first few",
    "later_today": "their turn comes later today",
    "allowance_used_up": "today's allowance is used up: their turn comes another day",
    "intake.wait": "wait until somebody of the team has room",
    "hours.none": "no hour of the next weeks is allowed",
    "status.unknown": "Keap shows a status we do not know",
    "status.healed": "Keap delivers to them again",
    "status.duplicate": "a duplicate of somebody whose address works",
    "state.engaged": "a person of the team talks with them",
    "state.confirming": "asked to confirm a new address",
    "state.consented": "Keap does not show the new address yet",
    "policy.open": "the policy opens no case in this status",
    "policy.after_days": "Keap may still heal this status",
    "whatsapp.answer": "a message may still be answered",
    "call.open": "a call waits in the queue",
    "registry.hold": "their country's block list was not imported lately",
    "free_win": "another address of theirs works: a manager decides",
    "hold.waiting": "in the hold before the archive",
    "hold.over": "the hold is over: ready for the archive",
    "hold.kept": "the policy deletes nobody in this status",
    "no_route.hold": "no usable number: the hold begins",
    "no_route.close": "no usable number: closed",
    "unrecovered.hold": "all steps were taken: the hold begins",
    "unrecovered.close": "all steps were taken: closed",
    "stopped.hold": "they said stop: the hold begins",
    "stopped.close": "they said stop: closed",
    "not_sent": "Twilio could not be reached: tried again",
    "begun_before": "begun by another run",
    "outside_hours": "outside the allowed hours",
    "template_not_approved": "WhatsApp has not approved the template",
    "variable_missing": "a text lacks a value",
    "suppressed": "said stop, or were suppressed",
    "case_closed": "their case ended meanwhile",
    "case_changed": "their case changed meanwhile: decided anew",
    "to_be_routed": "to be decided anew by the next route",
    "status_not_fresh": "Keap was not asked about them lately: after the next pull",
    "status_kept": "the policy deletes nobody in their status",
    "status_healed": "Keap delivers to them again",
    "status_unknown": "Keap shows a status we do not know",
    "other_address_works": "another address of theirs works",
    "twin_is_deliverable": "another record of theirs works",
    "came_back": "opened or clicked mail again",
    "never_reached": "nobody ever reached them",
}


def words(name: str) -> str:
    """A count's or reason's name as people read it; a new one reads as its name."""
    if name.startswith("replies_"):
        return f"replies ({words(name.removeprefix('replies_'))})"
    if name.startswith("rejected_"):
        return f"refused by Twilio, code {name.removeprefix('rejected_')}"
    known = _COUNTS.get(name) or _REASONS.get(name)
    return known or name.replace("_", " ").replace(".", ": ")
