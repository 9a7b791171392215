"""The root of the window: builds the page of the moment, keeps it while nothing changes, lays the veil over it.

A page is built anew only when something it shows has changed, and never under a finger: a change that comes while the
screen is touched waits for the finger to lift.
"""

from collections.abc import Callable, Iterator
from math import ceil

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk import memory
from kiosk.visit_states import State
from screens.aloud import Aloud
from screens.blocks import Press, Text, Touch
from screens.guiding import Guide
from screens.keypad import to_numbers, twin
from screens.lens import Lens
from screens.page import Page, Sheet, Turning
from screens.resident import PAGES, countdown, defect, help_page
from screens.sounds import Player, Sound
from screens.theme import Colour
from screens.view import View
from screens.widgets.chrome import Bar, Foot, Steps

STEPS = ("guide", "identify", "fill", "scan", "submit")
_PERSONLESS = (State.ATTRACT, State.END)
_SWEEP_SECONDS = 0.3  # after a visit: its last page has gone by then
_PAUSE_SECONDS = 0.5  # the page is on the glass, is read, and nobody who types is that slow


class Stage(Widget):
    """Shows the visit."""

    def __init__(self, view: View, show: Callable[[], None]) -> None:
        super().__init__(size_hint=(None, None), size=(view.theme.screen.width, view.theme.screen.height))
        self.view = view
        self.page: Page | None = None
        self.veil = False
        self.player = Player()
        self.aloud = Aloud(self)
        self.listening: Callable[[], bool] = lambda: False  # whether somebody is led by sound
        self._guide = Guide()
        self._heard_of = 0  # the id of an observation, for it is large and personal
        self._show = show
        self._heard = self._events()
        self._shown: tuple[object, ...] = ()
        self._fingers: set[object] = set()
        self._state = view.visit.state
        self._rebuild = Clock.create_trigger(self.build, -1)
        self._sweep = Clock.create_trigger(lambda _seconds: memory.sweep(), _SWEEP_SECONDS)
        self._prepare = Clock.create_trigger(self._pause, _PAUSE_SECONDS)
        view.changed = self._rebuild
        view.visit.subscribe(self._changed)

    def key(self) -> tuple[object, ...]:
        """Return everything a page is built from, so far as it can change without a touch."""
        visit = self.view.visit
        verdict = visit.verdict
        left = visit.remaining
        return (
            visit.state, visit.purpose, visit.asking, id(visit.answer_given), id(visit.about),
            visit.language, self.view.version, self.view.theme, visit.closed, visit.trouble,
            visit.service, id(visit.person), visit.typing, visit.number_fault, visit.form_index,
            tuple(visit.field_faults.items()), visit.task_index,
            id(visit.presented), visit.awaits_code, visit.code_fault,
            tuple((task.status, len(task.pages)) for task in visit.tasks), self._doubted(),
            verdict and (verdict.ok, verdict.fault), visit.adjusting,
            visit.observation and (visit.observation.taken, visit.observation.may_go_on),
            visit.receipt, visit.print_outcome, visit.end_reason,
            None if left is None else ceil(left), self.clock(), self.view.tray_long_bare, visit.must_take_card,
            self.view.desk and self.view.desk.key(),
        )  # fmt: skip

    def _doubted(self) -> tuple[object, ...] | None:
        """Return which page is asked about, and as what."""
        asked = self.view.visit.first_doubt() if self.view.visit.state is State.SCAN else None
        return None if asked is None else (asked[0], asked[1].kind)

    def clock(self) -> str:
        """Return the time of day as it stands in the bar."""
        return self.view.visit.ports.now().strftime("%H:%M")

    @property
    def staffed(self) -> bool:
        """Whether the technician's pages are shown."""
        return self.view.desk is not None and self.view.desk.shown

    def _events(self) -> tuple[object, ...]:
        """Return what is good news when it grows or comes, and last what is trouble: a trouble, a card left behind."""
        visit = self.view.visit
        pages = sum(len(task.pages) for task in visit.tasks)
        leaves_card = visit.state is State.END and visit.must_take_card
        who = (visit.person is not None) + (visit.presented is not None)
        return pages, who, visit.receipt is not None, visit.trouble or visit.code_fault, leaves_card

    def _sound(self) -> None:
        """A rising pair for what was got, a falling one for what one should look at."""
        before, self._heard = self._heard, self._events()
        if any(now and now != then for now, then in zip(self._heard[3:], before[3:], strict=True)):
            self.player.play(Sound.LOOK)
        elif any(now and now != then for now, then in zip(self._heard[:3], before[:3], strict=True)):
            self.player.play(Sound.GOT)

    def _lead(self) -> None:
        """Lead the hand that lays a paper, by sound, once an observation."""
        seen = self.view.visit.observation
        if seen is None or id(seen) == self._heard_of or not self.listening():
            return
        self._heard_of = id(seen)
        sound = self._guide.hear(seen, self.view.monotonic())
        if sound is not None:
            self.player.play(sound)

    def _changed(self) -> None:
        self.aloud.heed(plugged=self.listening())
        self._sound()
        self._lead()
        state = self.view.visit.state
        if state is not self._state:
            before, self._state = self._state, state
            self._moved(before, state)
        if self.key() != self._shown:
            self._rebuild()
        elif self.page is not None and self.page.live is not None:
            self.page.live()

    def _moved(self, before: State, state: State) -> None:
        """Begin a state on its first leaf; forget what the screen knows when the visit is over."""
        if state in _PERSONLESS:
            self._sweep()
        if state in _PERSONLESS and before not in _PERSONLESS:
            self.aloud.forget()
            kept = self.view.theme
            self.view.forget()
            if state is State.END:  # the last page still speaks to this resident, in the size that was chosen
                self.view.kit.theme = kept
        elif state is State.ATTRACT:
            self.view.forget()
        else:
            draft = self.view.draft
            draft.leaf, draft.group, draft.checked, draft.number, draft.strokes = 0, 0, "", "", []
            draft.lens, draft.kept, draft.bare_since = Lens(), (-1, 0), None
            draft.opened, draft.corners, draft.plain = None, [], False

    def check(self) -> None:
        """Build anew if the minute has changed."""
        if self.key() != self._shown:
            self._rebuild()

    def build(self, _seconds: float = 0) -> None:
        """Build the page of the moment, unless a finger is on the glass."""
        held = self.view.visit.state not in _PERSONLESS or self.staffed
        if self._fingers and held:  # the end of a visit wipes, whatever rests on the glass
            return
        self._shown = self.key()
        view = self.view
        view.draft.standing.turn()
        self.page = self._page()
        self.clear_widgets()
        self._prepare.cancel()
        Window.clearcolor = (*(part / 255 for part in view.theme.rgb(Colour.PAPER)), 1)
        self.add_widget(self._sheet(self.page))
        size = view.theme.screen
        self.veil = view.visit.remaining is not None and view.visit.state is not State.END
        if self.veil:
            over = countdown(view)
            over.place(0, 0, size.width, size.height)
            self.add_widget(over)
        if self.page.cover is not None:
            self.page.cover.place(0, 0, size.width, size.height)
            self.add_widget(self.page.cover)
        if self.page.live is not None:
            self.page.live()
        if self.page.flight is not None and not self.veil:
            self.add_widget(self.page.flight)
            self.page.flight.start()
        self._prepare()
        self._show()
        self.aloud.built()

    def flipped(self) -> None:
        """A frame goes to the glass, and is there when the next begins: what it shows first can be read from then."""
        coming = self.view.draft.standing.unseen()
        if coming:
            Clock.schedule_once(lambda _seconds: self.view.draft.standing.shown(coming, self.view.monotonic()), 0)

    def _sheet(self, page: Page) -> Sheet:
        sheet = Sheet(self.view.kit, page, self._bar(), self._steps(), self._foot(), self._turning())
        size = self.view.theme.screen
        sheet.place(0, 0, size.width, size.height)
        return sheet

    def _pause(self, _seconds: float) -> None:
        """Tidy up after the page before, and set the type of one that comes by itself: a name is waited for."""
        if self._fingers:
            return
        if self.page is not None and self.page.soon is not None:
            self._sheet(self.page.soon())
        memory.tidy()

    def _page(self) -> Page:
        view = self.view
        if view.aftermath is not None:
            return defect.page(view)
        if view.desk is not None and view.desk.shown:
            return view.desk.page()
        return help_page(view) if view.draft.help else PAGES[view.visit.state](view)

    def _turning(self) -> Turning:
        view = self.view
        return Turning(view.draft.leaf, view.turn, view.say("earlier"), view.say("later"))

    def _bar(self) -> Bar:
        view = self.view
        site = view.site.site
        place = view.say("place", site=site.title(view.visit.language))
        return Bar(view.kit, view.say("house"), place, self.clock())

    def _steps(self) -> Steps | None:
        if self.page is None or self.page.step is None:
            return None
        return Steps(self.view.kit, [self.view.say(f"steps.{name}") for name in STEPS], self.page.step)

    def _foot(self) -> Foot:
        view, visit = self.view, self.view.visit
        theme = view.theme
        language = ("foot:language", view.say("foot.language"), view.switch_language, False)
        if self.staffed:
            return Foot(view.kit, [language])
        entries = [
            ("foot:elder", view.say("foot.elder"), lambda: view.toggle("elder"), theme.elder),
            ("foot:low", view.say("foot.low"), lambda: view.toggle("low"), theme.low),
            ("foot:contrast", view.say("foot.contrast"), lambda: view.toggle("high_contrast"), theme.high_contrast),
            language,
            ("foot:help", view.say("foot.help"), view.writes(help=True), False),
        ]
        if view.aftermath is None and (visit.state in BACKWARD or view.draft.help):
            entries.insert(0, ("foot:back", view.say("foot.back"), self._back(), False))
        return Foot(view.kit, entries)

    def _back(self) -> Press:
        """Return what leads back: out of the help, up in the catalogue, to the question before, to the state before."""
        view = self.view
        draft = view.draft
        if draft.help:
            return view.writes(help=False)
        if view.visit.state is State.CHOOSE and draft.place:
            place = draft.place[:-1]
            return view.writes(place=place, query=draft.query if place else "")
        if view.visit.state is State.IDENTIFY and view.visit.typing and draft.at_code:
            return view.writes(at_code=False)
        if view.visit.state is State.FILL and draft.group:
            return view.writes(group=draft.group - 1, checked="")
        return view.does(view.visit.back)

    # -- touches ---------------------------------------------------------------------------------------------------

    def on_touch_down(self, touch: Touch) -> bool:
        """Count the finger; the topmost layer has it."""
        self._fingers.add(touch)
        self.view.visit.touch()
        if self.view.desk is not None:
            self.view.desk.touched(touch.pos[0], self.height - touch.pos[1])
        handled: bool = super().on_touch_down(touch)
        if handled:
            self.player.play(Sound.TICK)
        return handled

    def lifted(self, _window: object, touch: Touch) -> None:
        """The finger is off, wherever it was: what waited for it is built now."""
        self._fingers.discard(touch)
        if not self._fingers and self.key() != self._shown:
            self._rebuild()

    def typed(self, key: str) -> None:
        """A key of the keypad was pressed: somebody is there, and it does what its twin on the glass does."""
        veiled = self.veil
        self.view.visit.touch()
        self.view.visit.changed()
        if self.aloud.woken() if veiled else self.aloud.pressed(key):
            return
        numbers = to_numbers(self.touchables(), key)
        if numbers is not None:
            numbers()
            self.build()
        press = twin(self.touchables(), key)
        if press is not None:
            self.player.play(Sound.TICK)
            press()
        self.aloud.echo(key)

    def release(self) -> None:
        """Forget the fingers: what became of them is not known after a defect."""
        self._fingers.clear()

    def words(self) -> Iterator[str]:
        """Yield every text on the glass."""
        stack = list(self.children)
        while stack:
            widget = stack.pop()
            if isinstance(widget, Text):
                yield widget.text
            stack.extend(widget.children)

    def targets(self) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
        """Yield what can be touched now: its id and its rectangle from the top left of the window."""
        for widget in self.touchables():
            yield widget.target, widget.box

    @property
    def covered(self) -> bool:
        """Whether something lies over the page and has every touch."""
        return self.veil or (self.page is not None and self.page.cover is not None)

    def layers(self) -> list[Widget]:
        """Return what stands on the glass and can be reached, the topmost first; what covers the rest, alone."""
        return list(self.children[:1] if self.covered else self.children)

    def touchables(self) -> Iterator[Widget]:
        """Yield what can be touched now."""
        stack = self.layers()
        while stack:
            widget = stack.pop()
            if getattr(widget, "target", None) and widget.enabled:
                yield widget
            stack.extend(widget.children)


BACKWARD = frozenset(
    {
        State.CHOOSE,
        State.GUIDE,
        State.CONSENT,
        State.IDENTIFY,
        State.ASK,
        State.FILL,
        State.SCAN,
        State.SIGN,
        State.REVIEW,
    }
)
