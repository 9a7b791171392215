"""What the SAM's status codes mean for the kiosk: one table, SW3 to an error that says who must act."""

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Fact, Facts, Reason
from drivers.sam_codec import Answer

SUCCESS = 0x90
NO_SUCH_ITEM = 0x91
FOUND = 0x9F
NO_CARD = 0x80
SELECT_FAILED = 0x81
UNKNOWN_COMMAND = 0x21

BAD_LINE = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
_MOVED = (CompletionCode.USER_ERROR, Reason.MEDIA_MOVED, ErrorAction.SUSPEND)
_BAD_CARD = (CompletionCode.USER_ERROR, Reason.INVALID_MEDIA, ErrorAction.SUSPEND)
_OUT_OF_STEP = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.RESET)
_UNKNOWN_CODE = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.MAINTENANCE)

_MEANINGS = {
    0x10: (*BAD_LINE, "the SAM received a wrong checksum"),
    0x11: (*BAD_LINE, "the SAM received a wrong length"),
    UNKNOWN_COMMAND: (*_OUT_OF_STEP, "command error"),
    0x23: (*_OUT_OF_STEP, "unauthorised operation"),
    0x24: (*_OUT_OF_STEP, "unrecognised error, or a command out of sequence"),
    0x31: (*_BAD_CARD, "the card did not accept the SAM"),
    0x32: (*_BAD_CARD, "the SAM did not accept the card"),
    0x33: (*_BAD_CARD, "the card's information failed its verification"),
    0x37: (*_BAD_CARD, "the card's fingerprint failed its verification"),
    0x3F: (*_BAD_CARD, "information length error"),
    0x40: (*_BAD_CARD, "unrecognised card type"),
    0x41: (*_MOVED, "reading the card failed"),
    0x47: (*_MOVED, "getting a random number failed"),
    0x60: (CompletionCode.HARDWARE_ERROR, Reason.SELF_TEST_FAILED, ErrorAction.MAINTENANCE, "SAM self-test failed"),
    0x66: (CompletionCode.HARDWARE_ERROR, Reason.NOT_AUTHORISED, ErrorAction.MAINTENANCE, "the SAM is not authorised"),
    NO_CARD: (*_MOVED, "the card is no longer found"),
    SELECT_FAILED: (*_MOVED, "selecting the card failed"),
    NO_SUCH_ITEM: (*_BAD_CARD, "the card has no such item"),
}
"""SW3 -> what it means for the kiosk (GA/T 467-2019, status codes as readers' manuals list them)."""


class NotSelected(DeviceError):  # noqa: N818 - a word of the protocol, as DeviceGone is one of UnifiedPOS
    """A card was found and could not be selected: it slipped, or more than one lies there."""


def error_of(answer: Answer) -> DeviceError:
    """Return the error an answer stands for; its detail has the status words and nothing of the card."""
    unknown = (*_UNKNOWN_CODE, "a status nobody has documented")
    code, reason, action, text = _MEANINGS.get(answer.sw3, unknown)
    return DeviceError(code, reason, action, f"{text} ({words_of(answer)})", status_fact(answer))


def expect(answer: Answer, sw3: int) -> Answer:
    """Return `answer` if it says `sw3`.

    Raises:
        DeviceError: it says something else.
    """
    if answer.sw3 != sw3:
        raise error_of(answer)
    return answer


def not_selected(answer: Answer) -> NotSelected:
    """Return the error of a card that was found and then did not let itself be selected."""
    return NotSelected(
        *_MOVED, f"the card was found, but selecting it failed ({words_of(answer)})", status_fact(answer)
    )


def words_of(answer: Answer) -> str:
    """Return the three status words, as a technician reads them."""
    return f"SW {answer.sw1:02X} {answer.sw2:02X} {answer.sw3:02X}"


def status_fact(answer: Answer) -> Facts:
    """Return the same as a fact."""
    return {Fact.STATUS_WORDS: words_of(answer).removeprefix("SW ")}


def no_card() -> DeviceError:
    """Return the error of a wait that ended without a card."""
    return DeviceError(CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND, "no card was laid on the reader")


def collision() -> DeviceError:
    """Return the error of a reader that finds a card again and again and can never select it.

    The protocol has no code for two cards in the field; they answer find together and select not at all.
    """
    detail = "a card was found every time and selected never: more than one card lies there, or none that is an ID card"
    return DeviceError(CompletionCode.USER_ERROR, Reason.CARD_COLLISION, ErrorAction.SUSPEND, detail)
