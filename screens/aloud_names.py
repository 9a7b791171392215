"""What is said of each thing on the glass: its own words, and words for what shows none: an arrow, a pad, a mark.

One decision: what a thing shows is what is said, so that who listens and who looks speak of the same; only what shows
no word, or a word that cannot be heard, has one of its own (`assets/words/*/speech.toml`).
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from screens.blocks import Text, Touchable
from screens.widgets.buttons import Button, Choice, Look
from screens.widgets.candidates import Turner
from screens.widgets.chrome import Steps
from screens.widgets.corners import Handle
from screens.widgets.keyboard import InputLine
from screens.widgets.keys_hand import HandPad
from screens.widgets.keys_wheel import Wheel
from screens.widgets.signature import SignaturePad
from screens.widgets.words import AnswerRow, Caption

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from screens.view import View

_LEAF = re.compile(r"(\d+) / (\d+)")
_MM_PER_CM = 10


def in_order(widget: "Widget") -> Iterator["Widget"]:
    """Yield a widget's children in the order in which they were put."""
    yield from reversed(widget.children)  # Kivy has the newest first


def texts(widget: "Widget") -> list[str]:
    """Return every text in a widget, in order."""
    if isinstance(widget, Text):
        return [text_said(widget)] if widget.text.strip() else []
    return [each for child in in_order(widget) for each in texts(child)]


def text_said(text: Text) -> str:
    """Return a text as it is to be said."""
    return text.text.strip()


def context(widget: "Widget") -> list[str]:
    """Return what a button beside it belongs to: the question of an answer, the heading of a card."""
    if isinstance(widget, AnswerRow):
        return texts(widget.words)[:1]
    return texts(widget.words) if isinstance(widget, Caption) else []


def said(view: "View", widget: "Widget", belongs_to: list[str]) -> str:
    """Return what is said of a thing, a sentence a line; empty for what has nothing to say."""
    for kind, say in _SAID.items():
        if isinstance(widget, kind):
            return "\n".join(each for each in [*belongs_to, *say(view, widget)] if each.strip())
    return "\n".join([*belongs_to, *texts(widget)])


def _text(view: "View", text: Text) -> list[str]:
    leaf = _LEAF.fullmatch(text.text)
    if leaf is not None:
        return [view.words.say("speech.leaf", page=leaf[1], pages=leaf[2])]
    return [text_said(text)]


def _button(view: "View", button: Button) -> list[str]:
    """Say the word on it; and of what was chosen, that it is."""
    chosen = button.look is Look.CHOSEN
    return [*texts(button), view.words.say("speech.chosen" if chosen else "speech.button")]


def _choice(view: "View", choice: Choice) -> list[str]:
    return [*texts(choice), *([view.words.say("speech.chosen")] if choice.look is Look.CHOSEN else [])]


def _touchable(_view: "View", touchable: Touchable) -> list[str]:
    return texts(touchable)


def _key(view: "View", button: Button) -> list[str]:
    """Say a key by its label; marks and strokes by their names."""
    label = button.label
    name = f"speech.sign.u{ord(label):04X}" if len(label) == 1 else ""
    return [view.words.say(name) if name in view.words else label]


def _any_button(view: "View", button: Button) -> list[str]:
    return _key(view, button) if button.target.startswith("key:") else _button(view, button)


def _turner(view: "View", turner: Turner) -> list[str]:
    return [view.words.say(f"speech.{turner.target.replace(':', '_')}")]


def _line(view: "View", line: InputLine) -> list[str]:
    if line.label:
        return [view.words.say("speech.field", text=line.label)]
    return [view.words.say("speech.field_empty"), line.hint]


def _signature(view: "View", pad: SignaturePad) -> list[str]:
    """Say where it lies, in centimetres: a finger can find it; and what to do where it cannot."""
    _, y, _, height = pad.box
    top, high = (round(pixels / view.theme.screen.px_per_mm / _MM_PER_CM) for pixels in (y, height))
    told = view.words.say("speech.signature", top=top, high=high)
    signed = [view.words.say("speech.signed")] if pad.strokes else []
    return [*signed, told, view.words.say("speech.signature_help")]


def _hand(view: "View", _pad: HandPad) -> list[str]:
    return [view.words.say("speech.hand")]


def _corner(view: "View", handle: Handle) -> list[str]:
    return [view.words.say("speech.corner", number=int(handle.target.partition(":")[2]) + 1)]


def _wheel(view: "View", wheel: Wheel) -> list[str]:
    part = view.words.say(f"speech.wheel_part.{wheel.target.partition(':')[2]}")
    return [view.words.say("speech.wheel", part=part, value=wheel.label(0) or "")]


def _steps(view: "View", steps: Steps) -> list[str]:
    name = steps.names[steps.present]
    return [view.words.say("speech.step", step=steps.present + 1, steps=len(steps.names), name=name)]


# The first kind that fits; the narrower stand before the wider.
_SAID: dict[type, Callable[..., list[str]]] = {
    InputLine: _line,
    Turner: _turner,
    Choice: _choice,
    Button: _any_button,
    Touchable: _touchable,
    HandPad: _hand,
    SignaturePad: _signature,
    Handle: _corner,
    Wheel: _wheel,
    Steps: _steps,
    Text: _text,
}
