"""Vendor mode: the kiosk in a technician's hands (XFS4IoT VendorMode: ENTER_PENDING, ACTIVE, EXIT_PENDING, INACTIVE).

One decision: the mode never takes the kiosk from a resident. Asked for during a visit it waits for its end; while it
waits at the login, or is active, no visit begins; and it leaves by itself when nobody touches the screen any more.
"""

from enum import StrEnum

LOGIN_SECONDS = 60.0  # at the login without a touch: whoever found the gesture by chance is not kept
IDLE_SECONDS = 300.0  # of a technician's session without a touch


class Mode(StrEnum):
    """In whose hands the kiosk is."""

    INACTIVE = "INACTIVE"
    ENTER_PENDING = "ENTER_PENDING"
    ACTIVE = "ACTIVE"
    EXIT_PENDING = "EXIT_PENDING"


class VendorMode:
    """The state machine; it is told what happens and the time, in monotonic seconds, and does nothing itself."""

    def __init__(self) -> None:
        self.mode = Mode.INACTIVE
        self.technician: str | None = None
        self._free = True
        self._busy = 0
        self._touched = 0.0
        self._now = 0.0

    @property
    def shown(self) -> bool:
        """Whether the screen is the technician's: at the login, at work, or while the last test ends."""
        return self.mode in {Mode.ACTIVE, Mode.EXIT_PENDING} or (self.mode is Mode.ENTER_PENDING and self._free)

    @property
    def waits(self) -> bool:
        """Whether it was asked for and a visit is let finish first."""
        return self.mode is Mode.ENTER_PENDING and not self._free

    def ask(self) -> None:
        """A technician wants in, by the service key or by the gesture."""
        if self.mode is Mode.INACTIVE:
            self.mode = Mode.ENTER_PENDING
            self.touch()

    def visit(self, *, free: bool) -> None:
        """Hear whether nobody's visit is under way."""
        if free and not self._free:
            self.touch()  # the minute at the login begins when it is shown
        self._free = free

    def admit(self, technician: str) -> None:
        """Let a technician in who proved to be one; too late if the login was left meanwhile."""
        if self.mode is Mode.ENTER_PENDING and self._free:
            self.mode, self.technician = Mode.ACTIVE, technician
            self.touch()

    def begin(self) -> None:
        """A test or another work at a device begins."""
        self._busy += 1

    def end(self) -> None:
        """It has ended, however it did."""
        self._busy -= 1
        if self.mode is Mode.EXIT_PENDING and self._busy == 0:
            self._gone()

    def leave(self) -> None:
        """Give the kiosk back, as soon as nothing is at work any more."""
        if self.mode is Mode.ACTIVE and self._busy:
            self.mode = Mode.EXIT_PENDING
        elif self.mode is not Mode.EXIT_PENDING:
            self._gone()

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._now

    def tick(self, now: float) -> bool:
        """Take the time; return whether the session ended by it (the login only goes away)."""
        self._now = max(now, self._now)
        silent = self._now - self._touched
        if self.mode is Mode.ENTER_PENDING and self._free and silent >= LOGIN_SECONDS:
            self._gone()
        elif self.mode is Mode.ACTIVE and silent >= IDLE_SECONDS:
            self.leave()
            return True
        return False

    def _gone(self) -> None:
        self.mode, self.technician = Mode.INACTIVE, None
