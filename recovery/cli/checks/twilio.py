"""Checks of the Twilio account: credentials, senders, templates, and the way of its webhooks."""

from collections import Counter
from collections.abc import Iterator

import requests

from recovery.adapters.twilio.client import TwilioMessenger
from recovery.adapters.twilio.senders import parse_senders
from recovery.adapters.twilio.signature import sign
from recovery.bootstrap import Recovery
from recovery.cli.checks import Finding, broken, fine, hint, wrong
from recovery.domain.template import Kind, Template, friendly_name
from recovery.errors import AuthorizationLost, ConfigurationError, RecoveryError, Unsupported
from recovery.services.ports import ApprovalStatus, ContentStatus, SenderHealth

_POOR = frozenset({"LOW", "RED"})
#: A message of our own making; the same one each time, so that it is stored once.
_SELF_TEST = "SM" + "0" * 32
_SELF_TEST_TOKEN = "recovery-doctor"  # noqa: S105 (a path, not a secret)


def twilio(recovery: Recovery) -> Iterator[Finding]:
    """From the settings to the templates, ending where the first link breaks."""
    missing = _missing(recovery)
    if missing:
        yield wrong(
            "Twilio",
            f"{', '.join(missing)} not set",
            "copy them from Twilio's console: without them nobody is written to",
        )
        return
    try:
        voice = recovery.settings.twilio.voice_from
        parse_senders(voice, variable="RECOVERY_TWILIO__VOICE_FROM")
        yield from _account(recovery.impatient_messenger(), recovery)
    except ConfigurationError as error:
        yield wrong("Twilio", str(error), "mend the setting it names")
    except AuthorizationLost:
        yield wrong(
            "Twilio",
            "Twilio refuses the credentials",
            "check RECOVERY_TWILIO__ACCOUNT_SID and RECOVERY_TWILIO__AUTH_TOKEN",
        )
    except RecoveryError as error:
        mend = "check RECOVERY_TWILIO__BASE_URL and the network, then try again"
        yield broken("Twilio", str(error), mend)


def _missing(recovery: Recovery) -> list[str]:
    twilio = recovery.settings.twilio
    given = {
        "RECOVERY_TWILIO__ACCOUNT_SID": twilio.account_sid,
        "RECOVERY_TWILIO__AUTH_TOKEN": twilio.auth_token,
        "RECOVERY_TWILIO__WHATSAPP_FROM": twilio.whatsapp_from or twilio.messaging_service_sid,
    }
    return [name for name, value in given.items() if not value]


def _account(messenger: TwilioMessenger, recovery: Recovery) -> Iterator[Finding]:
    there = {content.name: content for content in messenger.contents()}
    yield fine("Twilio", f"the credentials work, {len(there)} templates there")
    yield from _senders(messenger)
    yield from _templates(recovery, there)


def _senders(messenger: TwilioMessenger) -> Iterator[Finding]:
    ours = messenger.our_senders.numbers
    try:
        known = {health.sender: health for health in messenger.senders()}
    except Unsupported:
        yield hint("senders", "Twilio does not tell of them here", "look at them in the console")
        return
    for number in ours:
        yield _sender(number, known.get(number))


def _sender(number: str, health: SenderHealth | None) -> Finding:
    if health is None:
        mend = "register it in Twilio's console, or check RECOVERY_TWILIO__WHATSAPP_FROM"
        return wrong("sender", f"{number} is no WhatsApp sender of this account", mend)
    limit = f"{health.daily_limit:,} people a day" if health.daily_limit else "no limit told"
    told = f"{number}: {health.status.lower()}, quality {health.quality or 'unknown'}, {limit}"
    if health.status.upper() not in ("ONLINE", ""):
        return broken("sender", told, "see the sender in Twilio's console")
    if health.quality in _POOR:
        return hint("sender", told, "send less and to better lists: Meta lowers the limit next")
    return fine("sender", told)


def _templates(recovery: Recovery, there: dict[str, ContentStatus]) -> Iterator[Finding]:
    ours = recovery.templates.of_kind(Kind.WHATSAPP)
    approved: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for template in ours:
        content = there.get(friendly_name(template))
        status = content.status if content else ApprovalStatus.UNSUBMITTED
        if status is ApprovalStatus.APPROVED:
            approved[template.language] += 1
        elif content and status is not ApprovalStatus.UNSUBMITTED:
            yield _not_approved(template, content)
        else:
            waiting[template.language] += 1
    for language in sorted({template.language for template in ours}):
        yield _language(language, approved[language], waiting[language])


def _not_approved(template: Template, content: ContentStatus) -> Finding:
    what = f"template {template.name} {template.language}"
    reason = f": {content.reason}" if content.reason else ""
    told = f"{content.status.value}{reason}"
    if content.status in (ApprovalStatus.PENDING, ApprovalStatus.RECEIVED):
        return broken(
            what, told, "wait for WhatsApp's word, up to a day; it is not sent until then"
        )
    return broken(what, told, "change its text, then run `recovery templates push`")


def _language(language: str, approved: int, waiting: int) -> Finding:
    if waiting:
        found = f"{waiting} not at WhatsApp yet, {approved} approved"
        return broken(f"templates {language}", found, "run `recovery templates push`")
    return fine(f"templates {language}", f"{approved} approved")


def webhooks(recovery: Recovery) -> Iterator[Finding]:
    """Whether Twilio's callbacks would reach the web app, and pass its check."""
    url = recovery.settings.public_url
    if not url:
        yield hint(
            "webhooks",
            "RECOVERY_PUBLIC_URL is not set: `recovery record` asks Twilio instead, later",
            "set it to the https address under which Twilio reaches `recovery web`",
        )
        return
    yield _self_test(recovery, url)


def _self_test(recovery: Recovery, url: str) -> Finding:
    token = recovery.settings.twilio.auth_token
    if token is None:
        return hint("webhooks", url, "not tested: set RECOVERY_TWILIO__AUTH_TOKEN")
    target = f"{url}/webhooks/twilio/status/{_SELF_TEST_TOKEN}"
    form = {
        "AccountSid": recovery.settings.twilio.account_sid or "",
        "MessageSid": _SELF_TEST,
        "MessageStatus": "queued",
        "From": "doctor",
        "To": "doctor",
    }
    signature = sign(target, form, token=token.get_secret_value())
    headers = {"X-Twilio-Signature": signature}
    try:
        answer = requests.post(target, form, headers=headers, timeout=5, allow_redirects=False)
    except requests.RequestException:
        mend = "start `recovery web` behind that address, or check RECOVERY_PUBLIC_URL"
        return broken("webhooks", f"{url} does not answer", mend)
    if answer.status_code in (200, 204):
        return fine("webhooks", f"{url}: a signed request was accepted")
    if answer.status_code == 403:
        mend = "the web app must run with this RECOVERY_PUBLIC_URL and this Twilio auth token"
        return broken("webhooks", f"{url} refuses a signed request", mend)
    mend = "check that the address leads to `recovery web`"
    return broken("webhooks", f"{url} answers HTTP {answer.status_code}", mend)


def switches(recovery: Recovery) -> Iterator[Finding]:
    """Whether real people can be reached and deleted."""
    settings = recovery.settings
    if recovery.guard.keap_is_sandbox and recovery.guard.twilio_is_sandbox:
        yield fine("live", "both hosts are sandboxes: nobody real is reached")
        return
    for name, is_on, what in (
        ("RECOVERY_LIVE_SENDING", settings.live_sending, "people are written to"),
        ("RECOVERY_LIVE_DELETING", settings.live_deleting, "people are deleted"),
    ):
        if is_on:
            yield fine("live", f"{name} is on: {what} where the rules allow it")
        else:
            yield hint("live", f"{name} is off: no real {what}", f"set {name}=true to go live")
