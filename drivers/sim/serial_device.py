"""What the simulators of serial devices have in common: a line, a thread that serves it, and a table of actions."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from drivers.sim.fault import SimulatorError
from drivers.sim.serial_line import Line

Action = Callable[..., dict[str, object] | None]


class SerialDevice(ABC):
    """A device on `line`. Life cycle: made -> start -> do, any number of times from any thread -> stop."""

    called: ClassVar[str]
    """What it is in a sentence, with its article."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._actions: Mapping[str, Action] = {}
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """What a driver opens; at a TCP port 0 known once it is started."""
        return self._line.url

    def start(self) -> None:
        """Plug it in: when this returns, it can be opened."""
        self._line.plug()
        self._thread = threading.Thread(target=self._run, name=f"simulator {self.url}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Unplug it for good."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join()
        self._line.unplug()

    def do(self, action: str, **arguments: object) -> dict[str, object] | None:
        """Do what the class's docstring lists, or tell.

        Raises:
            SimulatorError: no such action, or an argument that this device does not have.
            TypeError: the arguments do not fit the action.
        """
        if action not in self._actions:
            raise SimulatorError(f"{self.called} cannot {action!r}; it can {', '.join(self._actions)}")
        return self._actions[action](**arguments)

    @abstractmethod
    def _run(self) -> None:
        """Serve the line until `_stopping` is set."""

    def _plug_or_unplug(self, *, is_away: bool) -> bool:
        """Have the line there, or away while that fault is in force; return whether this changed it."""
        if is_away is not self._line.plugged:
            return False
        (self._line.unplug if is_away else self._line.plug)()
        return True
