"""What the pages are built from: the visit, what is served here, the words, and what only the screen knows.

One decision: a page is a function of this view and of nothing else. What a resident typed or drew and has not handed to
the visit is a field of `Draft`, and `forget` sets every one of them back (promise 2).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, ParamSpec

from kiosk.catalogue import SiteCatalogue
from kiosk.search import Search
from kiosk.visit import Visit
from kiosk.words import Language, Words
from kiosk.writing.writer import Writer
from screens.blocks import Kit, Press
from screens.ink import Typesetter
from screens.lens import Lens
from screens.mending import Aftermath
from screens.pen import Pen
from screens.quads import Corners
from screens.standing import Standing
from screens.strokes import Stroke
from screens.theme import Mode, Theme

if TYPE_CHECKING:
    from screens.staff.desk import Desk

P = ParamSpec("P")
_BARE_SECONDS = 6.0


@dataclass(slots=True, repr=False)
class Draft:
    """What is on the screen and not in the visit. No repr: it may be personal."""

    place: tuple[str, ...] = ()  # where in the catalogue one looks: (), ("search",), ("department", "RS")
    query: str = ""
    number: str = ""
    code: str = ""
    at_code: bool = False
    group: int = 0
    checked: str = ""
    leaf: int = 0
    help: bool = False
    strokes: list[Stroke] = field(default_factory=list)
    unsigned: bool = False
    lens: Lens = field(default_factory=Lens)
    kept: tuple[int, int] = (-1, 0)  # of which paper, and how many of its pages are shown as kept
    opened: tuple[int, int] | None = None  # which page of which paper is shown large
    corners: Corners = field(default_factory=list)  # as they are dragged, in pixels of the frame that is shown
    plain: bool = False  # they stay an upright rectangle
    standing: Standing = field(default_factory=Standing)  # what acts only once it has been read
    pen: Pen = field(default_factory=Pen)
    bare_since: float | None = None  # seconds of the view's clock since which the tray has been seen empty

    def forget(self) -> None:
        """Set every field to what it was before anybody came."""
        fresh = Draft()
        for each in fields(Draft):
            setattr(self, each.name, getattr(fresh, each.name))


@cache
def _words(language: Language) -> Words:
    return Words(language)


class View:
    """The visit seen through one theme, in the language of the moment."""

    def __init__(self, visit: Visit, site: SiteCatalogue, theme: Theme, types: Typesetter) -> None:
        self.visit = visit
        self.site = site
        self.draft = Draft()
        self.search = Search(site)
        self.writer = Writer()
        self.changed: Callable[[], None] = lambda: None
        self.version = 0
        self.monotonic: Callable[[], float] = time.monotonic
        self.aftermath: Aftermath | None = None  # set after a defect
        self.desk: Desk | None = None  # the technician's side; a window without services has none
        self._home = theme
        self._types = types
        self.kit = Kit(theme, types)

    @property
    def theme(self) -> Theme:
        """The theme of the moment."""
        return self.kit.theme

    @property
    def words(self) -> Words:
        """The words of the language of the moment."""
        return _words(self.visit.language)

    @property
    def other_words(self) -> Words:
        """The words of the language that is not spoken at the moment."""
        return _words("en" if self.visit.language == "zh" else "zh")

    def say(self, key: str, **values: object) -> str:
        """Return one of the screens' own sentences."""
        return self.words.say(f"screens.{key}", **values)

    def refresh(self) -> None:
        """Have the page built anew."""
        self.version += 1
        self.changed()

    def write(self, **changes: object) -> None:
        """Change the draft and have the page built anew, from its first leaf."""
        self.draft.leaf = 0
        for name, value in changes.items():
            setattr(self.draft, name, value)
        self.refresh()

    def writes(self, **changes: object) -> Press:
        """Return a press that changes the draft."""
        return lambda: self.write(**changes)

    def does(self, intent: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> Press:
        """Return a press that sends the visit an intent; the page begins anew at its first leaf.

        It means the page it stands on: if a card or a paper has led the visit elsewhere since that page was built, the
        finger could not have known, and the press only shows what is there now.
        """
        meant = self._place()

        def press() -> None:
            if self._place() == meant:
                self.draft.leaf = 0
                intent(*args, **kwargs)
            self.refresh()

        return press

    def _place(self) -> tuple[object, ...]:
        """Return where the visit is, and whose it is: what a page with buttons stands for."""
        visit = self.visit
        return visit.generation, visit.state, id(visit.person), visit.typing, visit.form_index, visit.task_index

    def watch_tray(self, *, bare: bool) -> None:
        """Note since when nothing has lain under the camera."""
        if not bare:
            self.draft.bare_since = None
        elif self.draft.bare_since is None:
            self.draft.bare_since = self.monotonic()

    @property
    def tray_long_bare(self) -> bool:
        """Whether nothing has lain under the camera for so long that one should say what to do."""
        since = self.draft.bare_since
        return since is not None and self.monotonic() - since >= _BARE_SECONDS

    def turn(self, leaf: int) -> None:
        """Show another leaf."""
        self.draft.leaf = leaf
        self.refresh()

    def toggle(self, mode: Mode) -> None:
        """Switch elder, low or high_contrast; the pace of the visit follows the elder mode."""
        self.kit = Kit(self.theme.toggled(mode), self._types)
        self.draft.leaf = 0
        if mode == "elder":
            self.visit.set_elder(on=self.theme.elder)
        self.refresh()

    def switch_language(self) -> None:
        """Speak the other language."""
        self.draft.leaf = 0
        self.visit.set_language("en" if self.visit.language == "zh" else "zh")
        self.refresh()

    def forget(self) -> None:
        """Nothing of the last visit stays on the screen's side: draft, set lines of type, modes."""
        self.draft.forget()
        self.writer.forget()
        self.aftermath = None
        self._types.forget()
        self.kit = Kit(self._home, self._types)
        self.refresh()
