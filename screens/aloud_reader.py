"""What is said by itself while headphones are plugged in: a page that comes, what is new on one that stays.

One decision: it reads the very page that stands on the glass: there is no second flow that could differ from the first.
What it said is kept nowhere; what stands on the glass is known until the next page (promise 2).
"""

from typing import TYPE_CHECKING

from kiosk.speech import Voice, Wish
from kiosk.visit_states import State
from screens.aloud_names import texts
from screens.aloud_order import Item, Part, order
from screens.aloud_ring import Ring
from screens.keypad import takes_numbers
from screens.widgets.buttons import Button, Look
from screens.widgets.words import Note

if TYPE_CHECKING:
    from screens.stage import Stage

_OPENING = (Part.LEAD, Part.TROUBLE)  # what is read by itself when a page comes


class Reader:
    """Reads the stage to who does not see it. `voice` None: there is none, and nothing is read."""

    def __init__(self, stage: "Stage") -> None:
        self.voice: Voice | None = None
        self.on = False
        self._stage = stage
        self._view = stage.view
        self._ring = Ring(stage.canvas.after)
        self._wish = Wish()
        self._items: list[Item] = []
        self._at = 0
        self._moved = False  # since the page came
        self._browsing = False  # on a page of numbers: the keys read, and do not type
        self._landing: int | None = None  # a leaf was turned: from which end it is read on, 0 or -1
        self._chose = False  # a button was pressed, and nothing was said of it yet
        self._place: tuple[object, ...] = ()
        self._greeted = False

    # ---- on and off

    def heed(self, *, plugged: bool) -> None:
        """Take whether headphones are plugged in now; pulled out, it is silent at once."""
        on = plugged and self.voice is not None
        if on and not self._view.visit.elder:  # who listens has the times of the elder mode
            self._view.visit.set_elder(on=True)
        if on is self.on:
            return
        self.on, self._greeted = on, False
        if on:
            self.built()
        else:
            self.forget()
            self._view.visit.set_elder(on=self._view.theme.elder)

    def forget(self) -> None:
        """A visit is over, or nobody listens any more: pace and loudness are the first again, and nothing is known."""
        self._wish = Wish()
        self._items, self._place, self._at = [], (), 0
        self._moved = self._browsing = self._chose = False
        self._landing = None
        self._ring.hide()
        self._hush()

    # ---- pages

    def built(self) -> None:
        """Read a page that has just come, or what is new on one that has changed."""
        if not self.on or self._stage.page is None:
            return
        if self._stage.staffed:  # a technician sees
            self.forget()
            return
        before, focused = self._items, self._item()
        self._items = order(self._stage)
        place = self._where()
        if place != self._place:
            self._place = place
            self._arrive()
        else:
            self._stay(before, focused)
        self._show()

    def _where(self) -> tuple[object, ...]:
        """Return what makes a page another one: not what changes on it while somebody is there."""
        page, visit = self._stage.page, self._view.visit
        heading = next((item.text for item in self._items if item.part is Part.LEAD), "")
        return page and page.name, visit.state, visit.language, visit.generation, heading, self._stage.covered

    def _arrive(self) -> None:
        """Read heading, sentence and trouble of a page that has come, and how to go on from there."""
        self._moved = self._browsing = self._chose = False
        self._landing = None
        opening = self._opening()
        self._at = max((self._items.index(item) for item in opening), default=0)
        self._say(*self._greeting(), *(item.text for item in opening), *self._ways(opening), *self._hints())

    def _opening(self) -> list[Item]:
        """Return what is read by itself; of what covers the page, all its sentences."""
        if self._stage.covered:
            return [item for item in self._items if not item.target]
        return [item for item in self._items if item.part in _OPENING or self._is_live(item)] or self._items[:2]

    def _is_live(self, item: Item) -> bool:
        """Tell whether it is the sentence that helps now, where the camera's picture moves."""
        page = self._stage.page
        return page is not None and page.live is not None and isinstance(item.widget, Note)

    def _greeting(self) -> list[str]:
        """Return what is said once to who plugs in, and on the first page to whoever comes."""
        if self._greeted and self._view.visit.state is not State.ATTRACT:
            return []
        self._greeted = True
        say = self._view.words.say
        return [say("speech.welcome"), self._view.other_words.say("speech.other"), say("speech.keys")]

    def _hints(self) -> list[str]:
        """Return what leads on from here: any key, the digits, the filled button."""
        say = self._view.words.say
        if self._stage.veil:
            return [say("speech.countdown")]
        onward = self._filled()
        told = [say("speech.onward", text=" ".join(texts(onward.widget)))] if onward else []
        return [say("speech.keys_numbers"), *told] if self._types() else told

    def _stay(self, before: list[Item], focused: Item | None) -> None:
        """Keep one's place on a page that was built anew, and say what is new: what went wrong, one's place."""
        if self._landing is not None:
            self._land()
            return
        keys = [item.key for item in self._items]
        self._at = keys.index(focused.key) if focused and focused.key in keys else min(self._at, max(len(keys) - 1, 0))
        now = self._item()
        news = self._news(before)
        changed = now and focused and now.key == focused.key and now.text != focused.text
        if not news and now is not None and (changed or self._chose):
            news = [now.text]
        self._chose = False
        self._say(*news)

    def _news(self, before: list[Item]) -> list[str]:
        """Return the sentences that were not there before; a countdown's digits are none."""
        if self._stage.covered:
            return []
        known, opening = {item.text for item in before}, self._opening()
        new = [item for item in self._items if item.text not in known]
        news = [item for item in new if item in opening or isinstance(item.widget, Note)]
        return [*(item.text for item in news), *self._ways(news)]

    def _ways(self, told: list[Item]) -> list[str]:
        """Return the other ways that are offered, where trouble is among what is told."""
        names = [texts(item.widget)[0] for item in self._items if item.target.startswith("way:")]
        if not names or all(item.part is not Part.TROUBLE for item in told):
            return []
        say = self._view.words.say
        return [say("speech.ways", names=say("screens.comma").join(names))]

    def _land(self) -> None:
        """Read on where the leaf that was turned to begins, or from its end."""
        body = [number for number, item in enumerate(self._items) if item.part is Part.BODY]
        end, self._landing = self._landing or 0, None
        if body:
            self._go(body[end])

    # ---- for the keys

    def _types(self) -> bool:
        """Tell whether the keys type here."""
        return not self._browsing and takes_numbers(self._stage.touchables())

    def _filled(self) -> Item | None:
        """Return the page's one filled way on."""
        for item in self._items:
            if item.target and isinstance(item.widget, Button) and item.widget.look is Look.FILLED:
                return item
        return None

    def _item(self) -> Item | None:
        return self._items[self._at] if self._at < len(self._items) else None

    def _go(self, at: int) -> None:
        self._at, self._moved = at, True
        self._show()
        self._say(self._items[at].text)

    def _show(self) -> None:
        item = self._item()
        if item is None:
            self._ring.hide()
        else:
            self._ring.around(item.box, self._view.theme)

    def _tell(self, key: str, **values: object) -> None:
        self._say(self._view.words.say(f"speech.{key}", **values))

    def _say(self, *sentences: str) -> None:
        voice = self.voice
        if voice is not None and self.on and sentences:
            voice.rate, voice.volume = self._wish.rate, self._wish.volume
            voice.speak("\n".join(sentences), self._view.visit.language)

    def _hush(self) -> None:
        if self.voice is not None:
            self.voice.stop()
