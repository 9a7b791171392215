"""What a driver is: blocking, small, called on one thread, without threads, retries of its own or log policy."""

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import Command, DeviceInformation, StatusReport

T = TypeVar("T")


class Driver(Protocol):
    """One device. Only its worker's thread calls it; everything it raises is a `DeviceError`.

    Life cycle: made (touches nothing) -> open -> poll and execute, any number of times -> close -> open ...
    """

    @property
    def information(self) -> DeviceInformation:
        """What the device says of itself, as far as it has been asked."""

    def open(self, deadline: Deadline) -> None:
        """Take the port and greet the device. After an error the driver is closed again."""

    def close(self) -> None:
        """Let go of everything; allowed at any time, more than once, and raises nothing."""

    def poll(self, deadline: Deadline) -> StatusReport:
        """Ask how the device is, silently and without touching media. An error raised means "no answer"."""

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `command` before the deadline. Ask `cancelled` at least twice a second; when true, raise `canceled()`."""


@runtime_checkable
class TellsUnasked(Protocol):
    """A driver that delivers what nobody asked for (a pressed key, a scanned code) besides answering."""

    def tell_to(self, take: Callable[[object], None]) -> None:
        """Hand such data to `take`, from within any other method; each makes one `DataReady` when that one is back."""


def unsupported(command: object) -> DeviceError:
    """Return the error for a command this driver does not know."""
    detail = f"{type(command).__name__} is not a command of this device"
    return DeviceError(CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, detail)


def canceled() -> DeviceError:
    """Return the error of a command that was told to stop."""
    return DeviceError(CompletionCode.CANCELED, Reason.STOPPED, ErrorAction.SUSPEND, "cancelled")
