"""The technician's side of the window: the way in, the session, and which page is shown.

One decision: the way in is a gesture that nobody makes by chance and that needs no key: the moon and the clock, the two
ends of the bar, touched in turn, five times, beginning with the moon, within ten seconds, while no visit is under way.
The service key in the cabinet does the same during a visit; then the visit is let finish.
"""

from collections import deque
from collections.abc import Callable

from kiosk.services_staff import StaffError, StaffServices
from kiosk.technicians import Admission
from kiosk.vendor_mode import Mode
from kiosk.visit_states import State
from screens.blocks import Kit, Press
from screens.page import Page
from screens.sounds import Sound
from screens.staff.draft import HOME, StaffDraft
from screens.theme import Theme
from screens.touch import TouchCorrector
from screens.view import View

GESTURE = "LRLRL"
GESTURE_SECONDS = 10.0
SILENT_SECONDS = 8.0  # without a touch, and what covers the whole screen ends by itself
BAR_SHARE, END_SHARE = 0.08, 0.2  # of the screen's height and width: where the moon and the clock are


class Desk:
    """One technician's screens over one view."""

    def __init__(self, view: View, staff: StaffServices, pages: "dict[str, Callable[[Desk], Page]]") -> None:
        self.view = view
        self.staff = staff
        self.draft = StaffDraft()
        self.play: Callable[[Sound], None] = _silent
        self.touch = TouchCorrector(staff.touch_file.read())
        self._pages = pages
        self._touches: deque[tuple[float, str]] = deque(maxlen=len(GESTURE))
        self._was_shown = False
        self._beat: tuple[float, Callable[[], None]] | None = None
        self._beaten_at = 0.0
        self._left: Callable[[], None] = _nothing
        staff.on_key = self.key_turned

    # ---- life

    @property
    def shown(self) -> bool:
        """Whether the screen is the technician's now."""
        return self.staff.mode.shown

    def key(self) -> tuple[object, ...]:
        """Return what the page is built from, so far as it changes without a touch."""
        if not self.shown:
            return (False,)
        board = self.staff.kiosk.board.issues() if self.staff.mode.mode is Mode.ACTIVE else ()
        states = tuple((name, report.device) for name, report in self.staff.kiosk.statuses().items())
        return (True, self.staff.mode.mode, tuple((each.key, each.count) for each in board), states)

    def ask(self) -> None:
        """Somebody wants in."""
        self._look_at_visit()
        self.staff.mode.ask()
        self._turned()

    def key_turned(self, on: bool) -> None:
        """The service key in the cabinet was turned."""
        if on:
            self.ask()
        else:
            self.leave()

    def tick(self, now: float) -> None:
        """Take the time."""
        self._look_at_visit()
        who = self.staff.mode.technician
        if self.staff.mode.tick(now) and who is not None:
            self.staff.timed_out(who)
        draft = self.draft
        if draft.swept_at is not None and self.view.monotonic() - draft.swept_at >= SILENT_SECONDS:
            draft.silent()
        self._keep_beat()
        self._turned()

    def touched(self, x: float, from_top: float) -> None:
        """Hear of a touch anywhere on the glass, in pixels from the top left."""
        self.staff.mode.touch()
        screen = self.view.theme.screen
        if self.shown or from_top > screen.height * BAR_SHARE:
            self._touches.clear()
            return
        end = {True: "L", False: "R"}[x < screen.width / 2]
        inside = min(x, screen.width - x) <= screen.width * END_SHARE
        now = self.view.monotonic()
        self._touches.append((now, end if inside else "?"))
        if "".join(end for _, end in self._touches) != GESTURE or now - self._touches[0][0] > GESTURE_SECONDS:
            return
        self._touches.clear()
        if self.view.visit.state is State.ATTRACT:
            self.ask()

    def leave(self) -> None:
        """Give the kiosk back."""
        self.staff.leave()
        self._turned()

    # ---- pages

    def page(self) -> Page:
        """Return the page of the moment."""
        mode = self.staff.mode.mode
        if mode is Mode.ACTIVE:
            return self._pages[self.draft.place[0]](self)
        return self._pages["leaving" if mode is Mode.EXIT_PENDING else "login"](self)

    @property
    def kit(self) -> Kit:
        """What the blocks need."""
        return self.view.kit

    def say(self, key: str, **values: object) -> str:
        """Return one of the technician's own sentences."""
        return self.view.words.say(f"staff.{key}", **values)

    def write(self, **changes: object) -> None:
        """Change the draft and have the page built anew, from its first leaf."""
        self.view.draft.leaf = 0
        for name, value in changes.items():
            setattr(self.draft, name, value)
        self.view.refresh()

    def goes(self, *place: str) -> Press:
        """Return a press that leads to another page; what the last one was told is dropped."""
        return lambda: self._go(place)

    def home(self) -> Press:
        """Return a press that leads to the board."""
        return self.goes(*HOME)

    def done(self, result: object) -> None:
        """Take how an act ended: nothing more to say, or why it was not done."""
        self.write(waiting=None, fault=result if isinstance(result, StaffError) else None)

    def opens(self, work: Callable[[], object], *place: str) -> Press:
        """Return a press that leads to a page which shows what `work` finds, beside the screen, as `draft.told`."""

        def told(answer: object) -> None:
            if self.draft.place == place:
                failed = isinstance(answer, StaffError)
                self.write(waiting=None, told=None if failed else answer, fault=answer if failed else None)

        def press() -> None:
            self._go(place, waiting=place[0])
            self.staff.look(work, told)

        return press

    # ---- the login

    def enter(self) -> None:
        """Ask to be let in with what was typed; PIN and code are forgotten whatever the answer."""
        draft = self.draft
        number, pin, code = draft.number, draft.pin, draft.code
        self.write(waiting="login", pin="", code="", writing="pin", answer=None)
        self.staff.admit(number, pin, code, self._answered)

    def _answered(self, answer: Admission | StaffError) -> None:
        self.write(waiting=None, answer=answer)
        self._turned()

    def every(self, seconds: float, work: Callable[[], None]) -> None:
        """Do `work` now and again, until another page is gone to."""
        self._beat = (seconds, work)
        self._beaten_at = self.view.monotonic()
        work()

    def on_leaving(self, work: Callable[[], None]) -> None:
        """Do `work` when another page is gone to, or the session ends."""
        self._left = work

    # ---- inside

    def _go(self, place: tuple[str, ...], **changes: object) -> None:
        """Go to a page; what the last one was told is dropped."""
        self._leave_page()
        self.write(
            **{
                "fault": None,
                "told": None,
                "waiting": None,
                "ports": None,
                "found": "",
                "progress": None,
                "given_up": None,
                **changes,
            },
            place=place,
        )

    def _leave_page(self) -> None:
        self._beat = None
        left, self._left = self._left, _nothing
        left()

    def _keep_beat(self) -> None:
        now = self.view.monotonic()
        if self._beat is not None and now - self._beaten_at >= self._beat[0]:
            self._beaten_at = now
            self._beat[1]()

    def _look_at_visit(self) -> None:
        self.staff.mode.visit(free=self.view.visit.state is State.ATTRACT)

    def _turned(self) -> None:
        """Begin and end on a clean sheet, in the plain theme: what residents chose is not the technician's."""
        if self.shown == self._was_shown:
            return
        self._was_shown = self.shown
        self.draft.forget()
        self._leave_page()
        self.touch.paused = False
        self.view.forget()
        if self.shown:
            self.view.kit = Kit(Theme(self.view.theme.screen), self.view.kit.types)
        else:
            self.view.visit.set_language("zh")
        self.view.refresh()


def _silent(_sound: Sound) -> None:
    """There is nothing to play on yet."""


def _nothing() -> None:
    """Nothing has to be called off."""
