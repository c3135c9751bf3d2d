"""One call to Keap: paced, sent, judged, and repeated only where repeating is harmless."""

import json
import logging
import os
import random
import re
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

import requests
import urllib3

from recovery.adapters.keap.errors import PROVIDER, Answer, Verdict, code_of, error_of, verdict_of
from recovery.adapters.keap.operations import Effect, Operation
from recovery.adapters.keap.pacer import Pacer
from recovery.adapters.keap.tokens import TokenSource
from recovery.crashpoints import crashpoint
from recovery.errors import Call, ContractBroken, HeldUp, TemporaryFailure, Unsupported
from recovery.services.ports import Clock
from recovery.settings import KeapSettings
from recovery.uptime import uptime

TRIES = 6
LONGEST_WAIT = 60.0
#: A connection that was idle for longer may be dead: a needless doubt for what may go only once.
IDLE_LIMIT = 5.0
#: Seconds after which a person may have changed what was read: Keap has no conditional write.
READ_IS_GOOD_FOR = 2.0

#: An emoji cut in half by a field's limit, and NUL: no database stores them, and one name would
#: fail the page it is on.
_UNSTORABLE = re.compile("[\\x00\ud800-\udfff]")
#: JSON can only hold them escaped; whole emoji match too, and come out as they were.
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")

Query = Sequence[tuple[str, str]]
Body = dict[str, Any]
#: What a try asks for, and until when of `uptime` it may leave.
Ready = tuple[Query, Body | None, float | None]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; `total` is for servers whose drip of bytes keeps the read timeout from ending."""

    connect: float = 10.0
    read: float = 60.0
    total: float = 120.0

    def of_try(self, attempt: int) -> "Timeouts":
        """Of what may be repeated: most answers come in seconds, and a lost one never comes. The
        third try has all the time that Keap's largest pages take."""
        share = min(1.0, attempt / 3 if attempt > 1 else 0.25)
        return Timeouts(self.connect, self.read * share, self.total * share)


TIMEOUTS = Timeouts()

_log = logging.getLogger(__name__)


class Wire:
    """HTTP to one Keap account; safe to share between threads, each has a session of its own."""

    def __init__(
        self,
        settings: KeapSettings,
        *,
        tokens: TokenSource,
        pacer: Pacer,
        clock: Clock,
        session_factory: Callable[[], requests.Session],
        sleep: Callable[[float], None],
        timeouts: Timeouts,
    ) -> None:
        self._root = settings.base_url.rstrip("/") + "/rest/v2"
        self._tokens = tokens
        self._pacer = pacer
        self._clock = clock
        self._session_factory = session_factory
        self._sleep = sleep
        self._timeouts = timeouts
        self._threads = threading.local()
        self._unsupported: set[str] = set()
        # urllib3 logs whole URLs, and ours hold e-mail addresses.
        logging.getLogger("urllib3").setLevel(logging.ERROR)

    def call(
        self,
        operation: Operation,
        *ids: str,
        query: Query = (),
        body: Body | None = None,
        leave_by: float | None = None,
    ) -> Any:
        """The parsed answer, None where Keap sends none; raises what `errors.error_of` says.

        HeldUp, with nothing sent, when its turn comes after `leave_by` of `uptime`.
        """
        return self._repeated(operation, ids, lambda: (query, body, leave_by))

    def change(
        self, operation: Operation, *ids: str, afresh: Callable[[], tuple[Query, Body]]
    ) -> Any:
        """As `call`, for what depends on what stands in Keap: each try asks `afresh`, which reads
        it first and may raise. HeldUp where a try would leave long after its read."""

        def ready() -> Ready:
            began = uptime()
            query, body = afresh()
            return query, body, max(began, self._last_answer_at()) + READ_IS_GOOD_FOR

        return self._repeated(operation, ids, ready)

    def _repeated(
        self, operation: Operation, ids: Sequence[str], ready: Callable[[], Ready]
    ) -> Any:
        self._refuse_the_unsupported(operation)
        is_renewed = False
        for attempt in count(1):
            # The turn comes before the read, which is not to grow old in waiting for it.
            self._pacer.take(operation.name)
            query, body, leave_by = ready()
            token = self._tokens.token()
            if leave_by is not None and uptime() > leave_by:
                # After a refusal it is Keap that held it up: that waits for another run.
                kind = HeldUp if attempt == 1 else TemporaryFailure
                raise kind(Call(PROVIDER, operation.name))
            url = self._url(operation, ids, query)
            data = None if body is None else json.dumps(body).encode()
            answer = self._exchange(operation, url, data, token, self._patience(operation, attempt))
            if answer.verdict is Verdict.OK:
                return answer.body
            if answer.verdict is Verdict.DENIED and not is_renewed and answer.status == 401:
                is_renewed = self._tokens.refresh(token)
                if is_renewed:
                    # A 401 comes from the gateway, before anything is carried out.
                    continue
            if attempt == TRIES or not may_repeat(operation, answer):
                raise self._final(operation, answer)
            self._wait(answer, attempt)
        raise AssertionError("unreachable")

    def _patience(self, operation: Operation, attempt: int) -> Timeouts:
        """What goes once gets all the time there is: giving up early would be a needless doubt."""
        if operation.effect is Effect.ONCE:
            return self._timeouts
        return self._timeouts.of_try(attempt)

    def pages(self, operation: Operation, *ids: str, key: str, query: Query) -> Iterator[list[Any]]:
        """The lists under `key` of all pages; ContractBroken when a page token comes again."""
        seen: set[str] = set()
        token: str | None = None
        while True:
            more = [("page_token", token)] if token else []
            page = self.call(operation, *ids, query=[*query, *more])
            yield rows_of(page, key, operation)
            token = next_token(page)
            if token is None:
                return
            if token in seen:
                raise ContractBroken(
                    Call(PROVIDER, operation.name), "Keap's pages go round in a circle."
                )
            seen.add(token)

    def mark_unsupported(self, operation: Operation) -> None:
        """Remembers that this Keap lacks the operation: it is not asked again."""
        self._unsupported.add(operation.name)

    def _refuse_the_unsupported(self, operation: Operation) -> None:
        if operation.name in self._unsupported:
            raise Unsupported(Call(PROVIDER, operation.name))

    def _url(self, operation: Operation, ids: Sequence[str], query: Query) -> str:
        path = operation.path.format(*(quote(one, safe="") for one in ids))
        encoded = urlencode(list(query), quote_via=quote, safe=",")
        return f"{self._root}{path}?{encoded}" if encoded else self._root + path

    def _final(self, operation: Operation, answer: Answer) -> Exception:
        error = error_of(operation, answer)
        if isinstance(error, Unsupported):
            self.mark_unsupported(operation)
        return error

    def _exchange(
        self,
        operation: Operation,
        url: str,
        data: bytes | None,
        token: str,
        timeouts: Timeouts,
    ) -> Answer:
        try:
            answer = self._send(operation, url, data, token, timeouts)
        except requests.RequestException as error:
            answer = Answer(verdict_on_silence(error))
        except (urllib3.exceptions.HTTPError, OSError):
            answer = Answer(Verdict.BROKEN_OFF)
        self._remember_quota(answer)
        _log.debug(
            "keap %s %s %s",
            operation.name,
            answer.status or answer.verdict,
            answer.headers.get("x-request-id", "-"),
        )
        return answer

    def _send(
        self,
        operation: Operation,
        url: str,
        data: bytes | None,
        token: str,
        timeouts: Timeouts,
    ) -> Answer:
        session = self._session(operation)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        started = uptime()
        response = session.request(
            operation.method,
            url,
            data=data,
            headers=headers,
            timeout=(timeouts.connect, timeouts.read),
            allow_redirects=False,
            stream=True,
        )
        if operation.method == "DELETE":
            crashpoint("P21")
        with response:
            content = read_whole(response, deadline=started + timeouts.total)
        self._threads.used_at = uptime()
        return answer_of(operation, response.status_code, response.headers, content)

    def _session(self, operation: Operation) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = self._session_factory()
        elif operation.effect is Effect.ONCE and self._idle_for() > IDLE_LIMIT:
            session.close()
        return session

    def _idle_for(self) -> float:
        return uptime() - self._last_answer_at()

    def _last_answer_at(self) -> float:
        at: float = getattr(self._threads, "used_at", 0.0)
        return at

    def _remember_quota(self, answer: Answer) -> None:
        left = answer.headers.get("x-keap-product-quota-available", "").strip()
        if left.isdecimal():
            self._pacer.note(left=int(left))

    def _wait(self, answer: Answer, attempt: int) -> None:
        if answer.verdict is not Verdict.THROTTLED:
            self._sleep(_backoff(0.5 * 3 ** (attempt - 1)))
        elif (told := believed_wait(answer, self._clock())) is not None:
            self._pacer.pause(told)
        else:
            self._sleep(_backoff(2.0**attempt))


def new_session(base_url: str) -> requests.Session:
    """A session that knows the environment's proxies without looking them up at every call.

    `trust_env` stays off: it costs each call, and a .netrc would take the place of our token.
    """
    session = requests.Session()
    session.trust_env = False
    session.proxies = requests.utils.get_environ_proxies(base_url)
    session.verify = (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    )
    return session


def answer_of(operation: Operation, status: int, headers: Any, content: bytes) -> Answer:
    """What an HTTP response means; a 2xx without the JSON it should hold is unreadable."""
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        body = json.loads(content) if content else None
        if _UNSTORABLE_ESCAPE.search(content):
            body = _storable(body)
    except (ValueError, RecursionError):
        body = None
    code = code_of(body)
    verdict = verdict_of(status, code)
    may_be_empty = not content and not operation.answers
    if verdict is Verdict.OK and not (may_be_empty or isinstance(body, dict)):
        verdict = Verdict.UNREADABLE
    return Answer(verdict, status, lower, body, code)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
        case list():
            return [_storable(one) for one in value]
        case dict():
            return {_storable(key): _storable(one) for key, one in value.items()}
        case _:
            return value


def may_repeat(operation: Operation, answer: Answer) -> bool:
    """Whether the same request may go again: what Keap never processed, or what does not matter."""
    match answer.verdict:
        case Verdict.THROTTLED:
            return not answer.is_day_spent
        case Verdict.NOT_SENT | Verdict.BROKEN_OFF | Verdict.FAILED | Verdict.UNREADABLE:
            return operation.effect is not Effect.ONCE
        case _:
            return False


def believed_wait(answer: Answer, now: datetime) -> float | None:
    """Seconds Keap asks to wait; None when it does not say, or says something absurd."""
    told = _seconds(answer.headers.get("retry-after", ""), now)
    if told is not None and 0 < told <= LONGEST_WAIT:
        return told
    return 60.0 - now.timestamp() % 60 if answer.is_minute_spent else None


def _seconds(text: str, now: datetime) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None


def rows_of(page: Any, key: str, operation: Operation) -> list[Any]:
    """The list of a page; empty when Keap leaves it out."""
    rows = page.get(key) if isinstance(page, dict) else None
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise ContractBroken(Call(PROVIDER, operation.name), f"`{key}` is not a list.")
    return rows


def next_token(page: dict[str, Any]) -> str | None:
    """The next page's token; absent, null and "" all mean the end."""
    token = page.get("next_page_token")
    return str(token) if token else None


def verdict_on_silence(error: requests.RequestException) -> Verdict:
    """NOT_SENT only where the request cannot have reached anybody."""
    if isinstance(error, requests.ConnectTimeout):
        return Verdict.NOT_SENT
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return Verdict.NOT_SENT
    # Other TLS errors can also come after the request has left.
    cause = reason.args[0] if isinstance(reason, urllib3.exceptions.SSLError) else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Verdict.NOT_SENT
    return Verdict.BROKEN_OFF


def read_whole(response: requests.Response, *, deadline: float) -> bytes:
    """The body of a streamed response; ReadTimeout past this moment of `uptime`."""
    parts = []
    while part := response.raw.read1(1 << 16, decode_content=True):
        parts.append(part)
        if uptime() > deadline:
            raise requests.ReadTimeout
    return b"".join(parts)


def _backoff(seconds: float) -> float:
    return min(LONGEST_WAIT, seconds * random.uniform(0.8, 1.2))
