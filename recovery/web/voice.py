"""Twilio's webhooks about calls: stored as all callbacks are, then answered with what to do.

Whatever fails, the answer ends the call: a phone that does not ring can be dialled by hand.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from recovery.adapters.twilio.twiml import twiml
from recovery.domain.phone_call import Leg
from recovery.services.calls.calling import CallingService
from recovery.services.calls.telephony import HangUp, Instruction
from recovery.services.calls.voice_form import VoiceForm
from recovery.services.inbox import Received
from recovery.services.ports import Clock
from recovery.web.webhooks import METHODS, Answer, Read, Receiver

_LOG = logging.getLogger(__name__)
_ROOT = "/webhooks/twilio/voice"
Params = Mapping[str, str]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """What the web app needs of calls; `apply` applies what is stored about them."""

    calling: CallingService
    form: VoiceForm
    apply: Callable[[], int]
    public_url: str
    clock: Clock


class VoiceEndpoints:
    """Six endpoints: three tell what became of a leg, three ask what the call shall do."""

    def __init__(self, line: VoiceLine, receiver: Receiver) -> None:
        self._line = line
        self._receiver = receiver

    def router(self) -> APIRouter:
        """Routes under /webhooks/twilio/voice, each with the call's token."""
        router = APIRouter()
        for name, endpoint in {
            "status": self._endpoint(self._leg(Leg.REP)),
            "contact": self._endpoint(self._leg(Leg.CONTACT)),
            "heard": self._endpoint(self._heard),
            "rep": self._endpoint(self._leg(Leg.REP), self._answer(self._greet)),
            "pressed": self._endpoint(self._leg(Leg.REP), self._answer(self._pressed)),
            "done": self._endpoint(self._dialled, self._answer(_goodbye)),
        }.items():
            router.add_route(f"{_ROOT}/{name}/{{token}}", endpoint, methods=METHODS)
        return router

    def _endpoint(self, read: Read, answer: Answer | None = None) -> Endpoint:
        async def take(request: Request) -> Response:
            return await self._receiver.take("voice", request, read, answer)

        return take

    def _leg(self, leg: Leg) -> Read:
        def read(request: Request, params: Params) -> Received:
            return self._line.form.leg(_token(request), leg, params, self._line.clock())

        return read

    def _heard(self, request: Request, params: Params) -> Received:
        return self._line.form.heard(_token(request), params, self._line.clock())

    def _dialled(self, request: Request, params: Params) -> Received:
        return self._line.form.dialled(_token(request), params, self._line.clock())

    def _answer(self, decide: Callable[[str, Params], Instruction]) -> Answer:
        async def answer(request: Request, params: Params) -> Response:
            try:
                instruction = await run_in_threadpool(decide, _token(request), params)
            except Exception as error:  # noqa: BLE001 (whatever broke, the call must end)
                _LOG.error("a call was ended because of an error (%s)", type(error).__name__)
                instruction = HangUp()
            body = twiml(instruction, public_url=self._line.public_url)
            return Response(body, media_type="text/xml")

        return answer

    def _greet(self, token: str, params: Params) -> Instruction:
        return self._line.calling.greet(token, params["CallSid"])

    def _pressed(self, token: str, params: Params) -> Instruction:
        return self._line.calling.pressed(token, params["CallSid"], params.get("Digits", ""))


def _goodbye(_token: str, _params: Params) -> Instruction:
    return HangUp()


def _token(request: Request) -> str:
    return str(request.path_params["token"])
