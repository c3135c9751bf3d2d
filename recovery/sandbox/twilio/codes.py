"""Twilio's error codes as far as this sandbox gives them, with its dictionary's short texts."""

from typing import Final

NO_MEDIA: Final = 63019
POLICY: Final = 63013
TOO_LONG: Final = 63021
OUTSIDE_WINDOW: Final = 63016
NOT_ON_WHATSAPP: Final = 63024
REJECTED: Final = 63040
PAUSED: Final = 63041
DISABLED: Final = 63042
CAPPED: Final = 63049
SAME_ENDS: Final = 63031
SMS_LANDLINE: Final = 30006

TEXTS: Final[dict[int, str]] = {
    NO_MEDIA: "Media failed to download",
    POLICY: "This message send failed because it violates the Channel provider's policy",
    TOO_LONG: "Channel invalid content error",
    OUTSIDE_WINDOW: "Failed to send freeform message because you are outside the allowed window",
    NOT_ON_WHATSAPP: "Invalid message recipient",
    REJECTED: "Template rejected",
    PAUSED: "Template paused",
    DISABLED: "Template disabled",
    CAPPED: "Meta chose not to deliver this WhatsApp marketing message",
    SAME_ENDS: "Channels message cannot have same From and To",
    SMS_LANDLINE: "Landline or unreachable carrier",
}
