"""What the office cannot or will not do, each with a sentence for the one who must act."""

from pydantic import BaseModel, ValidationError


class OfficeError(Exception):
    """The office cannot start or go on: a key, the database or a stored file is not as it must be."""


class NotFoundError(OfficeError):
    """What was asked for is not here."""


class UnreadableError(OfficeError):
    """A sealed document or attachment cannot be opened, or is not what it says it is. Names no person."""


class LostBlobError(OfficeError):
    """A stored blob is not on the disk any more, or has other bytes than were stored."""


class Refusal(OfficeError):  # noqa: N818 - it is an answer to a kiosk, not a fault of the office
    """A request is refused: `status` is the HTTP status, `reason` one sentence for the technician."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


def wrong_places(kind: type[BaseModel], error: ValidationError) -> str:
    """Return which fields of `kind` are wrong, for a sentence; nothing that was sent is told, no unknown name."""
    first = {str(fault["loc"][0]) if fault["loc"] else "the whole" for fault in error.errors(include_input=False)}
    known = first & {*kind.model_fields, "the whole"}
    return ", ".join([*sorted(known), *(["a field it does not have"] if first - known else [])])
