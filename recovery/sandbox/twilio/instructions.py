"""Following call instructions: the document is fetched, signed, and carried out verb by verb."""

from dataclasses import dataclass
from typing import Final

from recovery.sandbox.directory import line_key
from recovery.sandbox.people import draw
from recovery.sandbox.twilio.legs import EVENTS, enter, fields_of, go_on, later, stages
from recovery.sandbox.twilio.phones import rings
from recovery.sandbox.twilio.post import Fields
from recovery.sandbox.twilio.state import Account, Call, Ringing
from recovery.sandbox.twilio.twiml import UnreadableError, Verb, duration, parse
from recovery.sandbox.twilio.webhooks import ask, notify

#: Seconds in which a machine, and in which a voice is told apart (Twilio says 2 to 6).
_HEARD_AFTER: Final = 4
#: Share of pick-ups that the detection cannot tell.
_UNKNOWN: Final = 0.08
_THINKS_S: Final = 2.0
_GATHER_S: Final = 5
_DIAL_S: Final = 30

Verbs = tuple[Verb, ...]


@dataclass(slots=True)
class Following:
    """One answered call that does as it is told; `url` is the document it follows."""

    account: Account
    call: Call
    phone: Ringing
    url: str = ""

    async def begin(self) -> None:
        """The phone was picked up."""
        later(self.account, self.phone.seconds, self._end)
        if twiml := self.call.wishes.get("Twiml"):
            await self._carry_out(twiml)
        else:
            await self._fetch(self.call.wishes.get("Url", ""), [])

    async def _end(self) -> None:
        await hang_up(self.account, self.call)

    async def _fetch(self, url: str, more: Fields) -> None:
        if self.call.is_over:
            return
        self.url = url or self.url
        fields = [*fields_of(self.account, self.call, self.call.status), *more]
        document = await ask(self.account, self.url, fields, named={"sid": self.call.sid})
        await self._carry_out(document)

    async def _carry_out(self, document: str | None) -> None:
        try:
            verbs = parse(document or "")
        except UnreadableError as error:
            # Twilio says that an application error has occurred, and hangs up.
            self.account.world.ledger.append(
                "call_error", sid=self.call.sid, code=12100, why=str(error)
            )
            await self._end()
            return
        await self._go_on(verbs)

    async def _go_on(self, verbs: Verbs) -> None:
        if self.call.is_over:
            return
        if not verbs:
            await self._end()
            return
        verb, rest = verbs[0], verbs[1:]
        match verb.name:
            case "Say" | "Pause":
                self._hear(verb)
                later(self.account, duration(verb), lambda: self._go_on(rest))
            case "Gather":
                self._gather(verb, rest)
            case "Dial":
                self._dial(verb, rest)
            case "Redirect":
                await self._fetch(verb.text, [])
            case _:
                await self._end()

    def _hear(self, verb: Verb) -> None:
        if verb.name == "Say":
            language, voice = verb.how.get("language"), verb.how.get("voice")
            self.account.world.ledger.append(
                "say", sid=self.call.sid, text=verb.text, language=language, voice=voice
            )

    def _gather(self, gather: Verb, rest: Verbs) -> None:
        for verb in gather.within:
            self._hear(verb)
        told = sum(duration(verb) for verb in gather.within)
        if self.phone.presses is None or self.phone.is_machine:
            wait = told + gather.seconds("timeout", _GATHER_S)
            later(self.account, wait, lambda: self._go_on(rest))
            return
        digits = self.phone.presses
        self.account.world.ledger.append("pressed", sid=self.call.sid, digits=digits)
        # Keys are pressed into the words as soon as one has understood.
        heard = min(told, duration(gather.within[0]) if gather.within else 0)
        action = gather.how.get("action", self.url)
        later(self.account, heard + _THINKS_S, lambda: self._fetch(action, [("Digits", digits)]))

    def _dial(self, dial: Verb, rest: Verbs) -> None:
        number = dial.within[0] if dial.within else Verb("Number", {}, dial.text, ())
        caller_id = dial.how.get("callerId", self.call.sender)
        leg = _leg(self.account, self.call, dial, number, caller_id)
        phone = rings(self.account, leg)
        _enter_ledger(self.account, leg)
        longest = dial.seconds("timeLimit", 14_400)

        async def answered_or_not() -> None:
            if leg.status != "in-progress":
                return
            self._detect(leg, number, phone)
            later(self.account, min(phone.seconds, longest), over)

        async def over() -> None:
            if not leg.is_over:
                await enter(self.account, leg, "completed")
                await self._dialled(leg, dial, rest)

        async def ended() -> None:
            await answered_or_not()
            if leg.is_over:
                await self._dialled(leg, dial, rest)

        if caller_id not in self.account.world.options.voice_numbers:
            later(self.account, 0, lambda: self._not_dialled(leg, dial, rest))
        else:
            go_on(self.account, leg, stages(leg, phone), then=ended)

    async def _not_dialled(self, leg: Call, dial: Verb, rest: Verbs) -> None:
        self.account.world.ledger.append("call_error", sid=self.call.sid, code=13214)
        await enter(self.account, leg, "failed")
        await self._dialled(leg, dial, rest)

    async def _dialled(self, leg: Call, dial: Verb, rest: Verbs) -> None:
        if self.call.is_over:
            return
        action = dial.how.get("action")
        if not action:
            await self._go_on(rest)
            return
        fields = [
            ("DialCallSid", leg.sid),
            ("DialCallStatus", leg.status),
            ("DialBridged", str(leg.status == "completed").lower()),
        ]
        if leg.status == "completed":
            fields.append(("DialCallDuration", str(leg.duration or 0)))
        await self._fetch(action, fields)

    def _detect(self, leg: Call, number: Verb, phone: Ringing) -> None:
        account = self.account
        account.world.ledger.append(
            "call_answered",
            sid=leg.sid,
            by="machine" if phone.is_machine else "person",
            says=phone.says,
            email=phone.email,
        )
        url = number.how.get("amdStatusCallback")
        if not url or "machineDetection" not in number.how:
            return
        clear = "machine_start" if phone.is_machine else "human"
        heard = "unknown" if draw(f"{line_key(leg.to)}:{leg.sid}", "amd") < _UNKNOWN else clear
        fields = [
            ("CallSid", leg.sid),
            ("AccountSid", account.sid),
            ("AnsweredBy", heard),
            ("MachineDetectionDuration", str(_HEARD_AFTER * 1000)),
        ]

        async def tell() -> None:
            leg.answered_by = heard
            await notify(account, url, fields, named={"sid": leg.sid, "answered_by": heard})

        later(account, _HEARD_AFTER, tell)


async def hang_up(account: Account, call: Call) -> None:
    """The call ends, or is taken back while it rings; whom it dialled is let go."""
    if call.is_over:
        return
    await enter(account, call, "completed" if call.status == "in-progress" else "canceled")
    for leg in list(account.calls.values()):
        if leg.parent_sid == call.sid:
            await hang_up(account, leg)


def _leg(account: Account, parent: Call, dial: Verb, number: Verb, caller_id: str) -> Call:
    named = frozenset(number.how.get("statusCallbackEvent", "").split())
    return Call(
        sid=account.new_sid("CA"),
        sender=caller_id,
        to=number.text,
        status="queued",
        created_at=account.now,
        updated_at=account.now,
        parent_sid=parent.sid,
        status_callback=number.how.get("statusCallback"),
        events=(named & EVENTS) or frozenset({"completed"}),
        wishes={"Timeout": str(dial.seconds("timeout", _DIAL_S))},
    )


def _enter_ledger(account: Account, leg: Call) -> None:
    account.calls[leg.sid] = leg
    account.world.ledger.append(
        "call",
        sid=leg.sid,
        parent=leg.parent_sid,
        **{"from": leg.sender, "to": leg.to},
        line=line_key(leg.to),
        callback=leg.status_callback,
    )
