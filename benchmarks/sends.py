"""Sending: our reach with all its checks and records, and clients that store nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.contender import Done, Job
from benchmarks.load import posts, requests_of
from benchmarks.place import THREADS, Place
from recovery.services.reach.service import ReachCounts

#: Fields of the form → arguments of the SDK.
ARGUMENTS = {
    "To": "to",
    "From": "from_",
    "ContentSid": "content_sid",
    "ContentVariables": "content_variables",
    "StatusCallback": "status_callback",
    "ValidityPeriod": "validity_period",
}


def reach(place: Place) -> Job:
    """Ours, whole: claim, fresh status, last checks, send, record; every step committed."""
    recovery = place.recovery("routed.db")
    approved, service = recovery.template_service.approved(), recovery.reach

    def job() -> Done:
        counts = ReachCounts()
        with recovery.leases.hold("reach") as lease:
            due = service.due()[: place.messages or None]
            service.work(due, approved, lease, counts)
        if not counts.sent:
            raise RuntimeError(f"nothing was sent: {counts}")
        return Done(counts.sent)

    return job


def client(place: Place, http: Any) -> Any:
    """Twilio's SDK pointed at the server, over this HTTP client."""
    from twilio.rest import Client  # type: ignore[import-untyped]

    from recovery.sandbox.options import TWILIO_ACCOUNT, TWILIO_TOKEN

    made = Client(TWILIO_ACCOUNT, TWILIO_TOKEN, http_client=http)
    made.api.base_url = place.url
    return made


def arguments(form: dict[str, Any]) -> dict[str, Any]:
    """The SDK's arguments for these fields."""
    return {ARGUMENTS[name]: value for name, value in form.items()}


def sdk(place: Place) -> Job:
    """The bare SDK with the HTTP client it comes with."""
    from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]

    return _in_threads(place, TwilioHttpClient())


def sdk_over_ours(place: Place) -> Job:
    """The bare SDK over the HTTP client that our adapter puts under it."""
    from recovery.adapters.twilio.http import PooledHttpClient

    return _in_threads(place, PooledHttpClient(threads=THREADS))


def _in_threads(place: Place, http: Any) -> Job:
    messages, forms = client(place, http).messages, [arguments(form) for form in place.forms()]

    def job() -> Done:
        with ThreadPoolExecutor(THREADS) as pool:
            return Done(sum(1 for _ in pool.map(lambda form: messages.create(**form), forms)))

    return job


def sockets(place: Place) -> Job:
    """Raw sockets on one event loop: the limit of this machine and this server."""
    requests = requests_of(place.forms())
    return lambda: Done(len(posts(place.url, requests, connections=THREADS)))
