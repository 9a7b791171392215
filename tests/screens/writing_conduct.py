"""What the keyboards of the fill page do, key by key, where they are built: each check yields what is wrong."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kiosk.form_records import Widget
from kiosk.writing.boards import Board
from kiosk.writing.dates import Part
from tests.kiosk.writing.strokes import WRITTEN
from tests.screens.studio import Studio, blocks

if TYPE_CHECKING:
    from screens.resident.writing import Writing
    from screens.stage import Stage

_SOME = 40  # presses that lead through any list


class Finger:
    """A touch, as Kivy gives it to the widget that grabbed it."""

    def __init__(self, x: float, y: float) -> None:
        self.pos = (x, y)
        self.grab_current: object = None

    def grab(self, widget: object) -> None:
        """Follow it."""
        self.grab_current = widget

    def ungrab(self, _widget: object) -> None:
        """Follow it no more."""
        self.grab_current = None


def _page(studio: Studio, widget: Widget = Widget.TEXT) -> "tuple[Stage, Writing]":
    from tests.screens.writing_scenes import RESIDENCE, writing_at

    stage = studio.stage(studio.theme(), "zh")
    writing = writing_at(stage.view, RESIDENCE, widget)
    stage.build()
    return stage, writing


def _press(stage: "Stage", *targets: str) -> None:
    from screens.blocks import Touchable

    for target in targets:
        stage.build()
        found = [each for each in blocks(stage) if isinstance(each, Touchable) and each.target == target]
        if found and found[0].press is not None:
            found[0].press()
    stage.build()


def _type(stage: "Stage", letters: str) -> None:
    _press(stage, *(f"key:{letter}" for letter in letters))


def pinyin_faults(studio: Studio) -> Iterator[str]:
    """Yield where letters do not become words, or one can go on with half a word (promises 4 and 7)."""
    from screens.blocks import Touchable

    stage, writing = _page(studio)
    _type(stage, "zhitang")
    if writing.text or writing.pen.composing != "zhi tang":
        yield "letters are taken for an answer"
    _press(stage, "next")
    if stage.page is None or stage.page.note != "screens.fill.unfinished":
        yield "one goes on with half a word"
    stale = next(each for each in blocks(stage) if isinstance(each, Touchable) and each.target == "candidate:0")
    _type(stage, "z")
    if stale.press is not None:
        stale.press()  # by a second finger, that stood on it all the while
    if writing.text:
        yield "a word is taken that another stood for when the finger came down"
    _press(stage, "key:erase", "candidate:0")
    if writing.text != "支塘" or writing.pen.composing:
        yield f"the chosen word is not the answer: {writing.text!r}"
    _press(stage, "key:erase")
    if writing.text != "支":
        yield "erasing leaves out the text"
    _type(stage, "zh")
    _press(stage, "key:erase", "key:erase")
    if (writing.text, writing.pen.composing) != ("支", ""):
        yield "erasing does not begin with what is composed"


def shelf_faults(studio: Studio) -> Iterator[str]:
    """Yield candidates that no turn of the row leads to, or that are led to twice (promise 5: rare ones stand last)."""
    stage, writing = _page(studio)
    _type(stage, "yi")
    seen: list[str] = []
    for _ in range(_SOME):
        stage.build()
        targets = dict(stage.targets())
        seen += [each for each in targets if each.startswith("candidate:")]
        if "candidates:later" not in targets:
            break
        _press(stage, "candidates:later")
    wanted = {f"candidate:{index}" for index in range(len(writing.pen.candidates))}
    if set(seen) != wanted or len(seen) != len(wanted):
        yield f"{len(wanted)} candidates, {len(seen)} shown, {len(set(seen))} of them different"
    _press(stage, "candidates:earlier")
    if "candidates:later" not in dict(stage.targets()):
        yield "there is no way back through the candidates"


def board_faults(studio: Studio) -> Iterator[str]:
    """Yield where one key does not lead to each keyboard, or a composition is taken along (promise 7)."""
    stage, writing = _page(studio)
    for board in (Board.STROKE, Board.LATIN, Board.SIGNS, Board.HAND, Board.PINYIN):
        _press(stage, "key:h", "key:board", f"board:{board}")
        if writing.board is not board or writing.pen.composing or writing.pen.choosing:
            yield f"the key does not lead to {board}"
    _press(stage, "key:board", "board:latin", "key:capitals", "key:A", "key:capitals", "key:b", "key:space")
    if writing.text != "hAb ":  # the h of the walk above, on the keyboard of letters
        yield f"letters are not written as they stand on the keys: {writing.text!r}"
    _press(stage, "next")
    if writing.text != "hAb":
        yield "a space at the end stays"


def hand_faults(studio: Studio) -> Iterator[str]:
    """Yield where strokes do not become characters, or cannot be taken back (promise 7)."""
    from screens.widgets.keys_hand import HandPad

    stage, writing = _page(studio)
    _press(stage, "key:board", "board:hand")
    counts = []
    for stroke in WRITTEN["中"]:
        pad = next(each for each in blocks(stage) if isinstance(each, HandPad))
        x, y, width, height = pad.box
        top = studio.config.screen.height - y
        finger = Finger(x + stroke[0][0] * width, top - stroke[0][1] * height)
        pad.on_touch_down(finger)
        for across, down in stroke[1:]:
            finger.pos = (x + across * width, top - down * height)
            pad.on_touch_move(finger)
        pad.on_touch_up(finger)
        stage.build()
        counts.append(len(writing.pen.candidates))
    if min(counts) < 12:
        yield f"there are not candidates after each stroke: {counts}"
    if "中" not in writing.pen.candidates[:3]:
        yield "what was written is not found"
    found = writing.pen.candidates.index("中")
    _press(stage, "key:undo")
    if len(writing.pen.ink) != 3 or "口" not in writing.pen.candidates:
        yield "a stroke cannot be taken back"
    _press(stage, "next")
    if stage.page is None or stage.page.note != "screens.fill.unfinished":
        yield "one goes on with half a character"
    _press(stage, "key:erase")
    if writing.pen.ink or writing.pen.candidates:
        yield "the field cannot be wiped"
    if found and writing.text:
        yield "something was written that nobody chose"


def wheel_faults(studio: Studio) -> Iterator[str]:
    """Yield where the wheel does not turn as it is drawn, stands for an answer untouched, or shuts the keypad out."""
    from screens.widgets.keys_wheel import Wheel

    stage, writing = _page(studio, Widget.DATE)
    if writing.text:
        yield "a wheel that nobody touched is an answer"
    stage.typed("7")
    if writing.text != "7" or writing.board is not Board.DIGITS:
        yield "a key of the keypad is lost on the wheel"
    _press(stage, "key:erase", "key:board")
    start = writing.wheel()
    for part, steps in ((Part.YEAR, -2), (Part.MONTH, 0), (Part.DAY, -1)):
        column = next(each for each in blocks(stage) if isinstance(each, Wheel) and each.target == f"wheel:{part}")
        x, y, width, height = column.box
        finger = Finger(x + width / 2, studio.config.screen.height - y - height / 2)
        column.on_touch_down(finger)
        finger.pos = (finger.pos[0], finger.pos[1] + steps * height / 5)
        column.on_touch_move(finger)
        column.on_touch_up(finger)
        stage.build()
    if writing.text != start.turned(Part.YEAR, -2).turned(Part.DAY, -1).shown.isoformat():
        yield f"the wheel stands elsewhere than it was drawn to: {writing.text}"


def limit_faults(studio: Studio) -> Iterator[str]:
    """Yield where more is written than the question takes, or less without a word (promise 4)."""
    from tests.screens.writing_scenes import LONGEST

    stage, writing = _page(studio)
    writing.answer(LONGEST[:59])
    _type(stage, "zhitang")
    _press(stage, "candidate:0")
    if writing.text != LONGEST[:59] + "支" or stage.page is None or stage.page.note != "screens.fill.full":
        yield "an answer is cut off without a word, or not at all"


def question_faults(studio: Studio) -> Iterator[str]:
    """Yield where half a word is carried into the next question, or outlives the visit (promise 2)."""
    from screens.pen import Pen

    stage, writing = _page(studio)
    _type(stage, "wang")
    place = stage.view.draft.group
    for group in (place - 1, place):  # to another question, and back
        stage.view.write(group=group)
        stage.build()
    if writing.pen.composing:
        yield "half a word is carried into another question"
    _type(stage, "li")
    if writing.pen.composing != "li":
        yield f"what was composed before is composed on: {writing.pen.composing!r}"
    stage.view.visit.cancel()
    if stage.view.draft.pen != Pen() or stage.view.writer.process_id is not None:
        yield "what was composed outlives the visit"


WRITING_CONDUCT: tuple[Callable[[Studio], Iterator[str]], ...] = (
    pinyin_faults,
    shelf_faults,
    board_faults,
    hand_faults,
    wheel_faults,
    limit_faults,
    question_faults,
)
