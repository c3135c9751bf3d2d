"""Files that people sent, fetched as they are looked at; nothing of them is kept here."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from recovery.adapters.twilio.answers import Reading, is_sid
from recovery.adapters.twilio.api import TwilioApi, failure
from recovery.adapters.twilio.wire import AnswerLost, Limits, NothingSent, Wire
from recovery.errors import Call, ContractBroken, TemporaryFailure, Unsupported
from recovery.services.reps.attachments import Attachment
from recovery.settings import TwilioSettings

#: Where Twilio keeps files; its API answers with a redirect there, and to nowhere else.
_HOSTS = frozenset({"mms.twiliocdn.com", "media.twiliocdn.com"})
#: WhatsApp takes files of 16 MB; a person waits for the answer, so each is asked for once.
_LIMITS = Limits(read=10.0, total=20.0, body=17 * 2**20)
_READ = "read media"
_FILE = re.compile("ME[0-9a-fA-F]{32}")
_T = TypeVar("_T")


class TwilioMedia:
    """Thread-safe, as the messenger is."""

    def __init__(self, settings: TwilioSettings) -> None:
        self._base = urlsplit(settings.base_url or "")
        # Rarely asked for: no connection is kept for the next file.
        self._api = TwilioApi(settings, threads=0, limits=_LIMITS)
        self._host = Wire(threads=0, limits=_LIMITS)

    def fetch(self, message_sid: str, number: int) -> Attachment | None:
        """The file of this number, from 0, of a message; None where Twilio has it no more."""
        if not is_sid(message_sid, "message"):
            return None
        path = f"/2010-04-01/Accounts/{self._api.account}/Messages/{message_sid}/Media"
        try:
            files = _files(self._asked(f"{path}.json"))
            if number >= len(files):
                return None
            sid, kind = files[number]
            place = self._asked(f"{path}/{sid}").headers.get("location", "")
        except Unsupported:
            return None
        return Attachment(kind, self._body(place))

    def _asked(self, path: str) -> Reading:
        answer = _once(lambda: self._api.once("api", "GET", path))
        if answer.status >= 400:
            raise failure(answer, _READ)
        return answer

    def _body(self, place: str) -> bytes:
        """What the redirect leads to, fetched without our credentials."""
        if not self._is_twilios(place):
            raise ContractBroken(Call("twilio", _READ), "its file is on a foreign host")
        answer = _once(lambda: self._host.exchange("GET", place, {"Accept": "*/*"}, b""))
        if answer.status != 200:
            raise TemporaryFailure(Call("twilio", _READ, answer.status), "look again in a minute")
        return answer.body

    def _is_twilios(self, place: str) -> bool:
        target = urlsplit(place)
        if target.netloc in _HOSTS:
            return target.scheme == "https"
        own = (self._base.scheme, self._base.netloc)
        return bool(self._base.netloc) and (target.scheme, target.netloc) == own


def _files(answer: Reading) -> list[tuple[str, str]]:
    """Sid and content type of each, in the order in which they were sent."""
    listed: Any = answer.payload.get("media_list")
    found = [one for one in listed or () if isinstance(one, dict)]
    named = [(str(one.get("sid")), str(one.get("content_type") or "")) for one in found]
    return [one for one in named if _FILE.fullmatch(one[0])]


def _once(ask: Callable[[], _T]) -> _T:
    try:
        return ask()
    except (NothingSent, AnswerLost) as error:
        raise TemporaryFailure(Call("twilio", _READ), "look again in a minute") from error
