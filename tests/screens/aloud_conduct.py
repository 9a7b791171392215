"""How a page that is read aloud conducts itself, key by key: each check yields what is wrong."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kiosk.trouble import Way
from kiosk.words import Language, Words
from tests.screens.studio import Studio, blocks
from tests.screens.told import Told, listened_to

if TYPE_CHECKING:
    from screens.stage import Stage

_MOST = 200  # things on a page
_FAST, _NORMAL = 65.0, 125.0  # s after which the countdown is shown, at the usual pace and at that of the elder mode
Conduct = Callable[[Studio], Iterator[str]]


def _opened(studio: Studio, scene: str, language: Language = "zh") -> "tuple[Stage, Told]":
    from tests.screens.scenes import SCENES

    stage = studio.stage(studio.theme(), language)
    SCENES[scene](stage.view)
    stage.build()
    told = listened_to(stage)
    told.said.clear()
    return stage, told


def _focused(stage: "Stage") -> str | None:
    """Return what can be touched where one is; None where there is nothing."""
    item = stage.aloud._item()
    return None if item is None else item.target


def _go_to(stage: "Stage", target: str) -> None:
    """Go on from thing to thing until one is there."""
    for _ in range(_MOST):
        if _focused(stage) == target:
            return
        stage.typed("8")
    raise AssertionError(f"{target} is not reached")


def digit_faults(studio: Studio) -> Iterator[str]:
    """Yield where digits are not typed and echoed, a star does not say what is left, or the page cannot be read."""
    words = Words("zh")
    stage, told = _opened(studio, "23-fill-question")
    for key in "138*":
        stage.typed(key)
    if [text for text, _ in told.said] != ["1", "3", "8", words.say("speech.field", text="13")]:
        yield f"138* is echoed as {told.said}"
    stage.typed("*")
    stage.typed("*")
    if words.say("speech.field_empty") not in told.said[-1][0]:
        yield "nobody is told that nothing is left"
    for key in "*8":
        stage.typed(key)
    if stage.view.visit.answers[stage.view.visit.forms[0].id].get("phone"):
        yield "8 types while the page is read"
    _go_to(stage, "field:phone")
    for key in "57":
        stage.typed(key)
    if told.said[-1][0] != "7":
        yield "who chose the line cannot type again"


def countdown_faults(studio: Studio) -> Iterator[str]:
    """Yield where the countdown is not said at once, is said again each second, or a key does more than end it."""
    stage, told = _opened(studio, "26-fill-next")
    visit = stage.view.visit
    here = visit.state, visit.form_index, stage.view.draft.group
    question = Words("zh").say("screens.countdown.question")
    visit.tick(0)
    visit.tick(_FAST)
    stage.build()
    if stage.veil:
        yield "who listens has no more time than others"
    for second in range(3):
        visit.tick(_NORMAL + second)
        stage.build()
    if not stage.veil or len(told.said) != 1 or question not in told.said[0][0]:
        yield f"the countdown is said {len(told.said)} times"
    stage.typed("#")
    if stage.veil or (visit.state, visit.form_index, stage.view.draft.group) != here:
        yield "a key at the countdown does more than end it"
    if question in told.said[-1][0]:
        yield "the page is not read again after the countdown"


def leaf_faults(studio: Studio) -> Iterator[str]:
    """Yield where reading on does not turn the leaf, or reading back does not turn it back."""
    stage, _ = _opened(studio, "07-department")
    leaves: list[int] = []
    for key in ("8",) * 40 + ("2",) * 40:
        stage.typed(key)
        leaves.append(stage.view.draft.leaf)
    if max(leaves) == 0 or leaves[-1] != 0:
        yield f"reading on and back turns the leaves {leaves}"


def wish_faults(studio: Studio) -> Iterator[str]:
    """Yield where pace and loudness do not follow the keys, have no end, or outlive the visit."""
    stage, told = _opened(studio, "10-guide")
    heard = []
    for key in "66444" + "9" * 9 + "7":
        stage.typed(key)
        heard.append((told.rate, told.volume))
    paces, loudest = [rate for rate, _ in heard[:5]], max(volume for _, volume in heard)
    if not paces[0] < paces[1] > paces[2] > paces[3] > paces[4] or loudest != 1.0 or heard[-1][1] == loudest:
        yield f"pace and loudness go {heard}"
    stage.view.visit.cancel()
    stage.build()
    if (told.rate, told.volume) != (1.0, 0.55):
        yield f"pace and loudness outlive the visit: {told.rate} {told.volume}"


def silence_faults(studio: Studio) -> Iterator[str]:
    """Yield where something is said without headphones, or is still known when they are gone (promise 2)."""
    stage, told = _opened(studio, "18-identify-found")
    stage.typed("8")
    stops = told.stops
    stage.listening = lambda: False
    stage.view.visit.changed()
    if told.stops == stops:
        yield "headphones are pulled out, and it speaks on"
    told.said.clear()
    for key in "8150#":
        stage.typed(key)
    stage.build()
    if told.said or stage.aloud._items or stage.view.visit.elder:
        yield "without headphones it speaks, knows the page, or keeps the slower pace"
    if stage.view.visit.state != "IDENTIFY":
        yield "without headphones the keys do more than type"


def private_faults(studio: Studio) -> Iterator[str]:
    """Yield where the number is not said in full to who asks for it, or is left on the glass (promises 2 and 7)."""
    from screens.blocks import Text

    stage, told = _opened(studio, "18-identify-found")
    _go_to(stage, "reveal:number")
    stage.typed("5")
    person = stage.view.visit.person
    assert person is not None
    number = person.number
    if number not in told.said[-1][0]:
        yield "the number is not said"
    if any(number in block.text for block in blocks(stage) if isinstance(block, Text)):
        yield "the number stays on the glass"


def key_faults(studio: Studio) -> Iterator[str]:
    """Yield where a key does not do what it says: choose, back, on, language, where am I, again."""
    stage, told = _opened(studio, "10-guide")
    visit = stage.view.visit
    stage.typed("0")
    if visit.service is None or visit.service.title("zh") not in told.said[-1][0]:
        yield "0 does not read the page again"
    stage.typed("1")
    if Words("zh").say("speech.keys_more") not in told.said[-1][0]:
        yield "1 does not tell the keys"
    stage.typed("3")
    if told.said[-1][1] != "en" or visit.language != "en":
        yield "3 does not switch the language"
    stage.typed("#")
    stage.build()
    if visit.state != "CONSENT":
        yield "# does not go on"
    stage.typed("*")
    stage.build()
    if visit.state != "GUIDE":
        yield "* does not go back"
    _go_to(stage, "begin")
    stage.typed("5")
    if visit.state != "CONSENT":
        yield "5 does not choose"
    told.said.clear()
    stage.build()
    if len(told.said) != 1:
        yield f"a page that comes is read {len(told.said)} times"


def news_faults(studio: Studio) -> Iterator[str]:
    """Yield where what went wrong is not said when it happens, or is said again and again (promise 6)."""
    from tests.screens.scenes import GONE

    stage, told = _opened(studio, "15-identify")
    stage.view.visit.identity_failed(GONE)
    stage.build()
    trouble = stage.view.visit.trouble
    sentence = trouble and stage.view.words.say(trouble.key, **trouble.parameters)
    if not sentence or len(told.said) != 1 or not told.said[0][0].startswith(sentence):
        yield f"what went wrong is told as {told.said}"
    if stage.view.say(f"way.{Way.TYPE_NUMBER}") not in told.said[-1][0]:
        yield "nobody is told what can be done instead"
    stage.view.refresh()
    stage.build()
    if len(told.said) != 1:
        yield "what went wrong is told twice"


CONDUCT: tuple[Conduct, ...] = (
    digit_faults, countdown_faults, leaf_faults, wish_faults, silence_faults, private_faults, key_faults, news_faults,
)  # fmt: skip
