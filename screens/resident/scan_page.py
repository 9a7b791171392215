"""One page that was taken, large, with what can be done about it: turned, taken again, deleted, put elsewhere."""

from collections.abc import Callable

from screens.blocks import Block, grid
from screens.page import Page
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.thumbs import Large
from screens.widgets.words import heading, sentence, small_button


def opened(view: View) -> int | None:
    """Return which page is to be shown large, if that paper is being scanned and still has it."""
    if view.draft.opened is None:
        return None
    task, index = view.draft.opened
    visit = view.visit
    return index if task == visit.task_index and index < len(visit.tasks[task].pages) else None


def page(view: View, index: int) -> Page:
    """Return the page that shows it."""
    kit, pages = view.kit, view.visit.tasks[view.visit.task_index].pages
    return Page(
        "scan_page",
        [
            heading(kit, view.say("scan.open_heading", page=index + 1, total=len(pages))),
            sentence(kit, view.say("scan.open_sentence")),
        ],
        body=[
            Large(kit, pages[index].preview),
            *grid(kit, _buttons(view, index), 3 if view.theme.screen.landscape else 2),
        ],
        actions=[Button(kit, "close_page", view.say("scan.close"), view.writes(opened=None), Look.FILLED)],
        step=3,
    )


def _buttons(view: View, index: int) -> list[Block]:
    """Return the deeds that fit this page, the likeliest first."""
    visit, pages = view.visit, view.visit.tasks[view.visit.task_index].pages
    here = visit.task_index
    deeds: list[tuple[str, str, Callable[[], None], str, int | None]] = [
        ("turn", "turn", lambda: visit.turn_page(index), "turn", index),
        ("retake", "retake", lambda: visit.retake_page(index), "camera", None),
        ("delete", "delete", lambda: visit.drop_page(index), "erase", None),
    ]
    if index:
        deeds.append(("earlier_page", "earlier", lambda: visit.move_page(index, index - 1), "back", index - 1))
    if index + 1 < len(pages):
        deeds.append(("later_page", "later_place", lambda: visit.move_page(index, index + 1), "onward", index + 1))
    if pages[index].source is not None:
        deeds.append(("corners", "corners", lambda: visit.adjust(index), "frame", None))

    def then(deed: Callable[[], None], shown: int | None) -> Callable[[], None]:
        def done() -> None:
            view.draft.opened = None if shown is None else (here, shown)
            deed()

        return done

    return [
        small_button(view.kit, target, view.say(f"scan.{word}"), view.does(then(deed, shown)), icon)
        for target, word, deed, icon, shown in deeds
    ]
