"""The rows of the auxiliaries."""

from concurrent.futures import Future
from typing import Any, ClassVar

from drivers.auxiliaries import AuxiliaryBoard, LineOptions
from drivers.auxiliaries_model import (
    AuxiliaryState,
    Colour,
    DoorStatus,
    ReaderLight,
    ReadState,
    SetReaderLight,
    SetStatusLight,
    StatusLight,
)
from drivers.errors import CompletionCode, ErrorAction, Reason
from drivers.model import DeviceClass, DeviceStatus
from drivers.sim import auxiliaries
from drivers.sim.auxiliaries import AuxiliarySimulator
from tests.drivers.matrix import (
    GARBLED,
    GONE,
    HEALTH,
    NO_ANSWER,
    WELL,
    Row,
    Stand,
    Verdict,
    awaited,
    either,
    harmless,
    row,
    same,
)

ONLINE, BROKEN, OFF = DeviceStatus.ONLINE, DeviceStatus.HARDWARE_ERROR, DeviceStatus.POWER_OFF
HARDWARE = CompletionCode.HARDWARE_ERROR
VERSION: Verdict = (HARDWARE, Reason.WRONG_VERSION, ErrorAction.MAINTENANCE)
STANDS_STILL: Verdict = (HARDWARE, Reason.FROZEN, ErrorAction.MAINTENANCE)
FAILED: Verdict = (HARDWARE, Reason.SELF_TEST_FAILED, ErrorAction.MAINTENANCE)
ILL = (BROKEN, ErrorAction.MAINTENANCE)


class BoardStand(Stand):
    """The auxiliaries."""

    device_class = DeviceClass.AUXILIARIES
    home = "drivers.auxiliaries"
    commands: ClassVar = {
        "SetStatusLight": lambda: SetStatusLight(StatusLight(Colour.RED, blinking=True)),
        "SetReaderLight": lambda: SetReaderLight(ReaderLight.TRAY),
        "ReadState": ReadState,
        **HEALTH,
    }
    proof = "ReadState"
    faults = auxiliaries.FAULTS
    most_looks = 3 + 15  # most polls only listen; one a second asks
    others = frozenset(
        {
            "open_door", "close_door", "come", "leave", "mains_off", "mains_on", "battery_low", "key_on", "key_off",
            "plug", "unplug", "rest", "press", "fault", "heal", "faults", "state",
        }
    )  # fmt: skip
    shortened: ClassVar = {
        "drivers.auxiliaries._HEARTBEAT_SECONDS": 0.1,
        "drivers.auxiliaries._LISTEN_SECONDS": 0.03,
        "drivers.auxiliaries._STANDSTILL_SECONDS": 0.05,
        "drivers.sim.auxiliaries._BOOT_SECONDS": 0.05,
        "drivers.sim.auxiliaries._DRIBBLE_SECONDS": 0.0003,
    }
    rows: ClassVar[tuple[Row, ...]] = (
        same("garbage", BROKEN, GARBLED),
        same("half_frame", BROKEN, GARBLED),
        same("silent", OFF, NO_ANSWER),
        same("wrong_version", BROKEN, VERSION),
        same("vanish", OFF, GONE),
        *(harmless(each) for each in ("noise", "lost_bytes", "dribble", "duplicate_events", "lost_acknowledgements")),
        # Deaf for as long as three askings take: whoever asks in that moment may get no answer.
        row("reboot", ONLINE, ends={"*": either(WELL, NO_ANSWER)}),
        row("frozen", BROKEN, STANDS_STILL, ends={"*": WELL, **dict.fromkeys(HEALTH, ILL)}, late=True),
        row("part_failed", BROKEN, FAILED, ends={"*": WELL, **dict.fromkeys(HEALTH, ILL)}),
    )

    def make_simulator(self) -> AuxiliarySimulator:
        return AuxiliarySimulator(self.folder / "auxiliaries")

    def make_driver(self) -> AuxiliaryBoard:
        self.board = AuxiliaryBoard(
            str(self.folder / "auxiliaries"), LineOptions(), self.recorder, sleep=lambda _seconds: None
        )
        return self.board

    def in_force(self, name: str) -> bool:
        if name == "reboot":
            return bool(vars(self.simulator)["_rebooted"])
        return name != "vanish" or not (self.folder / "auxiliaries").is_symlink()

    def help(self, name: str, future: Future[Any]) -> None:
        if name == "INTERACTIVE" and awaited(lambda: vars(self.board)["_pressed"] is not None, future):
            self.simulator.do("press", key="5")

    def is_right(self, result: object) -> bool:
        """The door is shut, or unknown while the board stands still; it is never open."""
        return not isinstance(result, AuxiliaryState) or result.door in (DoorStatus.CLOSED, DoorStatus.UNKNOWN)
