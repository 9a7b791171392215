"""The whole flow by twelve keys and by ear: what each key does on the page that is read (`screens.aloud_reader`).

One decision: a key presses the very button that stands on the glass, so that ear and eye go the same way.
"""

from screens.aloud_keys import KEYS
from screens.aloud_names import texts
from screens.aloud_order import TURNS, Item, Part, sheet_of
from screens.aloud_reader import Reader
from screens.blocks import Touchable
from screens.keypad import erases_nothing
from screens.sounds import Sound
from screens.widgets.keyboard import InputLine
from screens.widgets.keys_wheel import Wheel
from screens.widgets.words import AnswerRow, Hold


class Aloud(Reader):
    """Reads the stage, and does what the keys say."""

    def pressed(self, key: str) -> bool:
        """Do what a key says, one of ``0123456789*#``; False where it types, or nobody listens."""
        if not self.on or self._stage.staffed:
            return False
        self._hush()
        if self._types() and (key.isdecimal() or (key == "*" and not erases_nothing(self._stage.touchables()))):
            return False
        KEYS[key](self)
        return True

    def woken(self) -> bool:
        """Take a key that was pressed at the countdown: it says that somebody is there, and nothing else."""
        if not self.on:
            return False
        self._hush()
        self._stage.build()
        return True

    def echo(self, key: str) -> None:
        """Say a digit that was typed, or after a star what is left."""
        if not self.on or self._stage.staffed:
            return
        self._stage.build()
        if key.isdecimal():
            self._say(key)
        else:
            self._say(*(item.text for item in self._items if isinstance(item.widget, InputLine)))

    # ---- from thing to thing

    def next_item(self) -> None:
        """Go to the next thing; at the end of a leaf, to the next leaf."""
        here, item = self._at + 1, self._item()
        leaves = here >= len(self._items) or self._items[here].part > Part.BODY
        if item is not None and item.part <= Part.BODY and leaves and self._turn(1):
            return
        if here < len(self._items):
            self._go(here)
        else:
            self._tell("last")

    def previous_item(self) -> None:
        """Go to the thing before; at the beginning of a leaf, to the end of the leaf before."""
        here, item = self._at - 1, self._item()
        leaves = here < 0 or self._items[here].part < Part.BODY
        if item is not None and item.part is Part.BODY and leaves and self._turn(-1):
            return
        if here >= 0:
            self._go(here)
        else:
            self._tell("first")

    def _turn(self, way: int) -> bool:
        """Turn a leaf of the body and read on there; False where there is none."""
        sheet = sheet_of(self._stage)
        if sheet is None or not 0 <= sheet.turning.leaf + way < sheet.turning.leaves:
            return False
        self._landing = 0 if way > 0 else -1
        sheet.turning.turn(sheet.turning.leaf + way)
        self._stage.build()
        return True

    # ---- deeds

    def choose(self) -> None:
        """Press what is being read."""
        item = self._item()
        if item is not None:
            self._press(item)

    def go_on(self) -> None:
        """Press the page's one filled button."""
        filled = self._filled()
        if filled is None:
            self._tell("no_onward")
        else:
            self._press(filled)

    def go_back(self) -> None:
        """Press the button that leads back. On a page of numbers where nothing is typed: read the page, do not type."""
        if self._types():
            self._browsing = True
            self._tell("reading")
            return
        back = next((item for item in self._items if item.target == "foot:back"), None)
        if back is None:
            self._tell("no_back")
        else:
            self._press(back)

    def _press(self, item: Item) -> None:
        """Press what can be pressed; of the rest, say what it is."""
        widget = item.widget
        if isinstance(widget, InputLine) and self._browsing:
            self._browsing = False
            self._tell("typing")
        elif isinstance(widget, Hold):
            self._reveal(widget)
        elif isinstance(widget, Wheel) and widget.label(1) is not None:
            widget.turn(1)
        elif isinstance(widget, Touchable) and widget.press is not None:
            self._landing = 0 if item.target in TURNS else None
            self._chose = True
            self._stage.player.play(Sound.TICK)
            widget.press()
        else:
            self._say(item.text)

    def _reveal(self, hold: Hold) -> None:
        """Say what a held finger shows; on the glass it is hidden again before it was drawn."""
        row = hold.parent
        if isinstance(row, AnswerRow):
            hold.show(True)  # noqa: FBT003 - the one thing it says
            told = texts(row.words)
            hold.show(False)  # noqa: FBT003 - the one thing it says
            self._say(*told)

    # ---- about the speech itself

    def say_again(self) -> None:
        """Say once more what was read: the opening of the page, or the thing one went to."""
        item = self._item()
        if not self._moved:
            self._say(*(each.text for each in self._opening()), *self._hints())
        elif item is not None:
            self._say(item.text)

    def tell_where(self) -> None:
        """Say where one is, and what the keys do."""
        say = self._view.words.say
        chrome = [item.text for item in self._items if item.part is Part.EVERYWHERE and not item.target]
        lead = [item.text for item in self._items if item.part is Part.LEAD][:1]
        place = say("speech.place", place=self._at + 1, total=len(self._items))
        self._say(*chrome, *lead, place, say("speech.keys"), say("speech.keys_more"))

    def switch_language(self) -> None:
        """Speak the other language; the page is read anew in it."""
        self._view.switch_language()
        self._stage.build()

    def speak_faster(self, steps: int) -> None:
        """Speak faster by so many steps, or slower."""
        self._wish.faster(steps)
        self._tell("rate", step=self._wish.rate_step + 1)

    def speak_louder(self, steps: int) -> None:
        """Speak louder by so many steps, or more quietly."""
        self._wish.louder(steps)
        self._tell("volume", step=self._wish.volume_step + 1)
