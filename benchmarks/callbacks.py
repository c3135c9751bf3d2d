"""Signed status callbacks against the real web app, in a process of its own."""

import subprocess
import sys
import time
import urllib.request
from typing import Any

import sqlalchemy as sa
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from benchmarks.contender import Done, Job
from benchmarks.load import post, posts
from benchmarks.place import FULL_SPEED, NOON, PUBLIC, Place
from benchmarks.preparing import sid_of
from recovery.adapters.db.engine import Database
from recovery.adapters.db.inbox import SqlInboxStore
from recovery.sandbox.options import TWILIO_ACCOUNT, TWILIO_TOKEN
from recovery.services.webhook_form import Callback

CONNECTIONS = 32
STATES = ("sent", "delivered", "read")


def callbacks(place: Place) -> Job:
    """Three callbacks a message, each on the disk before it is answered."""
    place.recovery("reached.db")
    pace = place.messages_per_second if place.messages_per_second < FULL_SPEED else 0
    requests = [_request(form, state) for state in STATES for form in place.forms()]
    # The first ones, which the app compiles its statements for, belong to its start.
    first = len(requests) // 10

    def job() -> Done:
        with _web(place) as web:
            assert web.stdout
            url = web.stdout.readline().strip()
            # Starting is not measured: connections would queue until the app is there.
            with urllib.request.urlopen(f"{url}/healthz", timeout=60):
                posts(url, requests[:first], connections=CONNECTIONS, per_second=pace)
                time.sleep(1)
                began = time.perf_counter()
                took = posts(url, requests[first:], connections=CONNECTIONS, per_second=pace)
                seconds = time.perf_counter() - began
            web.terminate()
        _check_stored(place, len(requests))
        took.sort()
        return Done(len(took), seconds=seconds, p99=took[len(took) * 99 // 100])

    return job


def applying(place: Place) -> Job:
    """The same callbacks applied by the web app's other thread, which locks the database."""
    recovery = place.recovery("reached.db")
    news = [_callback(form, state) for state in STATES for form in place.forms()]
    SqlInboxStore(recovery.database).keep(news)
    return lambda: Done(recovery.news.apply_callbacks())


def _callback(form: dict[str, Any], state: str) -> Callback:
    token = form["StatusCallback"].rsplit("/", 1)[1]
    return Callback(token, sid_of(token), state, "", NOON, {})


def _request(form: dict[str, Any], state: str) -> bytes:
    url = form["StatusCallback"]
    sid = sid_of(url.rsplit("/", 1)[1])
    fields = {
        "ChannelPrefix": "whatsapp", "ApiVersion": "2010-04-01", "MessageStatus": state,
        "SmsSid": sid, "SmsStatus": state, "To": form["To"], "From": form["From"],
        "MessageSid": sid, "AccountSid": TWILIO_ACCOUNT,
    }  # fmt: skip
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(url, fields)
    return post(url.removeprefix(PUBLIC), fields, x_twilio_signature=signature)


def _web(place: Place) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.webapp", place.to_json()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _check_stored(place: Place, wanted: int) -> None:
    database = Database(f"sqlite:///{place.own / 'recovery.db'}")
    with database.read() as connection:
        stored = connection.execute(sa.text("SELECT count(*) FROM callback")).scalar_one()
    database.dispose()
    if stored != wanted:
        raise RuntimeError(f"{stored} of {wanted} callbacks are stored")
