"""Cards that are no readable citizen card, told apart, so that a screen can say which one to take instead."""

from enum import StrEnum

from drivers.errors import NO_FACTS, CompletionCode, DeviceError, ErrorAction, Facts, Reason


class CardKind(StrEnum):
    """What was put into the reader."""

    MUTE = "MUTE"  # it says nothing: the wrong way round, dirty, broken, or no chip card
    BANK = "BANK"  # PBOC
    TRANSPORT = "TRANSPORT"  # T-Union
    STORAGE = "STORAGE"  # a contactless storage card such as a door card: no applications at all
    LOCKED = "LOCKED"  # a citizen card whose application was locked by its issuer
    DAMAGED = "DAMAGED"  # a citizen card that does not give what it must have
    FOREIGN = "FOREIGN"  # a chip card of a kind that is not known here


_SENTENCES = {
    CardKind.MUTE: "the card does not answer: put in the wrong way round, dirty, broken, or no chip card",
    CardKind.BANK: "this is a bank card (PBOC)",
    CardKind.TRANSPORT: "this is a transport card (T-Union)",
    CardKind.STORAGE: "this is a contactless storage card",
    CardKind.LOCKED: "the social-security application of this card is locked",
    CardKind.DAMAGED: "the citizen card does not give what it must have",
    CardKind.FOREIGN: "this chip card has no social-security application",
}


class WrongCardError(DeviceError):
    """USER_ERROR/INVALID_MEDIA (SUSPEND): the reader is well, the card is another. `kind` says which."""

    def __init__(self, kind: CardKind, detail: str = "", facts: Facts = NO_FACTS) -> None:
        sentence = _SENTENCES[kind] + (f" ({detail})" if detail else "")
        super().__init__(CompletionCode.USER_ERROR, Reason.INVALID_MEDIA, ErrorAction.SUSPEND, sentence, facts)
        self.kind = kind
