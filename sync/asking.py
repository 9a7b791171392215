"""What a kiosk asks its office while the resident waits, and what it answers: how a case stands.

One decision: a question changes nothing at the office, or may come twice: a kiosk whose line broke asks again. It is
not queued: an answer is wanted now, or the resident is told that there is none now.
"""

from typing import ClassVar, Literal

from pydantic import Field

from sync.contract import Identifier, Moment, Record, Uuid

CaseState = Literal[
    "RECEIVED", "CHECKING", "NEEDS_MORE", "ACCEPTED", "AT_LINE", "DECIDED", "RESULT_READY", "DELIVERED", "CLOSED"
]
MOST_CASES = 50
ANSWER_LIMIT = 200 * 1024  # bytes; of more the kiosk reads the first 256 KiB alone (sync.line), which is no answer


class Question(Record):
    """Base of what can be asked: `name` is the last part of its path, `answer` the type of what comes back."""

    name: ClassVar[str]
    answer: ClassVar[type[Record]]


class Holder(Record):
    """Who asks, by a card that was read at the kiosk: the number and the name as they are on it."""

    number: str = Field(min_length=1, max_length=64, repr=False)
    name: str | None = Field(default=None, max_length=300, repr=False)


class ReceiptHeld(Record):
    """Who asks, by a receipt: its number, and the code that is printed on it alone."""

    receipt_number: str = Field(min_length=1, max_length=64)
    verification_code: str = Field(min_length=1, max_length=64, repr=False)


class CaseStep(Record):
    """One step of a case. `reason` is in the clerk's words, for the resident; None where there is nothing to say."""

    state: CaseState
    at: Moment
    reason: str | None = Field(default=None, max_length=500)


class CaseProgress(Record):
    """How one case stands: its steps, oldest first, and the papers that are wanted now."""

    submission_id: Uuid
    kiosk_id: Identifier
    receipt_number: str
    service_id: Identifier
    service_name: str
    service_name_en: str
    submitted_at: Moment
    steps: tuple[CaseStep, ...] = Field(min_length=1)
    missing: tuple[Identifier, ...] = ()

    @property
    def state(self) -> CaseState:
        """Where it stands now."""
        return self.steps[-1].state


class ProgressAnswer(Record):
    """The cases of whoever asked, newest first, at most `MOST_CASES`; `more` where there are others."""

    cases: tuple[CaseProgress, ...] = Field(default=(), max_length=MOST_CASES)
    more: bool = False


class ProgressQuestion(Question):
    """How do my cases stand? By card: all of that person. By receipt: that one, where number and code fit."""

    name: ClassVar[str] = "progress"
    answer: ClassVar[type[Record]] = ProgressAnswer

    held: Holder | ReceiptHeld
