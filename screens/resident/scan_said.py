"""The one sentence that helps now while papers lie under the camera, and what the button beside it does."""

from dataclasses import dataclass, replace

from kiosk.visit_core import ScanTask
from screens.view import View

_NO_TROUBLE = ("no_page", "moving")  # nothing lies there yet, or somebody is laying it
_TWO = "two_papers"
_REPEATED = "repeated"  # told of a paper that is taken already
_WRONGLY_FRAMED = ("edge_cut", "folded", "too_small", _TWO)  # families of faults a resident may know better about


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: its words key, the text, whether it is trouble."""

    key: str
    text: str
    trouble: bool = False


def said(view: View, task: ScanTask) -> Said:
    """Return the sentence that helps now."""
    verdict, seen = view.visit.verdict, view.visit.observation
    fault = _fault(view)
    if lie_two(view) and seen is not None:
        word = "two_taken" if seen.taken else "two_next" if seen.offered else "two"
        return _own(view, word, trouble=not seen.taken)
    if fault is not None and seen is not None and (fault == _REPEATED or not seen.taken):
        if seen.may_go_on or fault == _REPEATED:
            text = view.words.say(f"scan.{fault}") + view.say("scan.may_go_on")
            return Said(f"scan.{fault}", text, trouble=True)
        return Said(f"scan.{fault}", view.words.say(f"scan.{fault}"), trouble=True)
    if verdict is not None and verdict.ok and seen is not None and not seen.taken:
        return _own(view, "hold")
    if task.pages:
        return _with_sheet(view, _own(view, "got", count=len(task.pages)))
    return _own(view, "bare" if view.tray_long_bare else "hint")


def note(view: View, task: ScanTask) -> str | None:
    """Return the words key for the probe: of trouble, and of what is said after a while."""
    now = said(view, task)
    return now.key if now.trouble or now.key.endswith(("bare", "two_taken")) else None


def capture_words(view: View) -> str:
    """Return what the button says that takes a picture."""
    seen = view.visit.observation
    if _fault(view) == _REPEATED:
        return view.say("scan.anyway")
    if seen is not None and not seen.taken:
        if seen.may_go_on:
            return view.say("scan.anyway")
        if lie_two(view):
            return view.say("scan.take_outlined")
    return view.say("scan.now")


def may_frame(view: View) -> bool:
    """Tell whether to offer that the resident shows the corners: the machine may have seen them wrongly."""
    seen, verdict = view.visit.observation, view.visit.verdict
    if seen is None or seen.taken or seen.source is None:
        return False
    wrong = verdict is not None and verdict.fault is not None and verdict.fault.family in _WRONGLY_FRAMED
    return wrong or view.tray_long_bare


def lie_two(view: View) -> bool:
    """Tell whether two papers lie there."""
    return _fault(view) == _TWO


def _fault(view: View) -> str | None:
    verdict = view.visit.verdict
    if verdict is None or verdict.fault is None or verdict.fault in _NO_TROUBLE:
        return None
    return str(verdict.fault)


def _with_sheet(view: View, now: Said) -> Said:
    """Add which side or page comes next, where the paper has several."""
    wanted = view.visit.sheet_wanted
    return now if wanted is None else replace(now, text=f"{now.text} {view.words.say(f'scan.sheet_{wanted}')}")


def _own(view: View, word: str, *, trouble: bool = False, **values: object) -> Said:
    return Said(f"screens.scan.{word}", view.say(f"scan.{word}", **values), trouble)
