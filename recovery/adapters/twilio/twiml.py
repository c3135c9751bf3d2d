"""Instructions for a call as TwiML, in voices that speak the rep's language."""

from typing import assert_never

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

from recovery.adapters.twilio.calls import VOICE
from recovery.services.calls.telephony import AskForKey, Bridge, HangUp, Instruction

#: Language and voice by our own names of languages (Twilio's list of voices, 2026-07).
_VOICES = {
    "es": ("es-MX", "Polly.Mia-Neural"),
    "pt": ("pt-BR", "Polly.Camila-Neural"),
    "en": ("en-US", "Polly.Joanna-Neural"),
}
#: Seconds to think, once the words are said; they are said twice.
_WAIT_FOR_KEY = 6
#: Seconds a person's phone rings: most voicemails answer later.
_RING_PERSON = 25
#: No call lasts longer: one that was forgotten on a desk costs by the minute.
_LONGEST = 3600
_LEG_EVENTS = "initiated ringing answered completed"


def twiml(instruction: Instruction, *, public_url: str) -> str:
    """The XML that Twilio carries out; personal data in it goes to Twilio alone."""
    response, voice = VoiceResponse(), public_url.rstrip("/") + VOICE
    match instruction:
        case AskForKey():
            _ask(response, instruction, voice)
        case Bridge():
            _bridge(response, instruction, voice)
        case HangUp():
            if instruction.words:
                _say(response, instruction.words, instruction.language)
            response.hangup()
        case _:
            assert_never(instruction)
    return str(response)


def _ask(response: VoiceResponse, ask: AskForKey, voice: str) -> None:
    gather = response.gather(
        num_digits=1,
        timeout=_WAIT_FOR_KEY,
        action=f"{voice}/pressed/{ask.token}",
        method="POST",
        action_on_empty_result=False,
    )
    _say(gather, ask.words, ask.language)
    gather.pause(length=1)
    _say(gather, ask.words, ask.language)
    # Whoever presses nothing, as a voicemail does, is never joined to anybody.
    response.hangup()


def _bridge(response: VoiceResponse, bridge: Bridge, voice: str) -> None:
    dial = response.dial(
        answer_on_bridge=True,
        caller_id=bridge.caller_id,
        timeout=_RING_PERSON,
        time_limit=_LONGEST,
        action=f"{voice}/done/{bridge.token}",
        method="POST",
    )
    dial.number(
        bridge.number,
        status_callback=f"{voice}/contact/{bridge.token}",
        status_callback_event=_LEG_EVENTS,
        status_callback_method="POST",
        machine_detection="Enable",
        amd_status_callback=f"{voice}/heard/{bridge.token}",
        amd_status_callback_method="POST",
    )


def _say(verb: VoiceResponse, words: str, language: str) -> None:
    spoken, voice = _VOICES.get(language[:2].lower(), _VOICES["en"])
    verb.say(words, voice=voice, language=spoken)
