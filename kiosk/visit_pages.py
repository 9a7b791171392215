"""What a resident does with the pages that were taken: turn, take again, put in order, show where the corners are."""

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.visit_core import Adjusting, ScanTask, TaskStatus
from kiosk.visit_scanning import Scanning
from kiosk.visit_states import event, intent

if TYPE_CHECKING:
    from kiosk.scan.geometry import Quad
    from kiosk.scan.page import PageImage


class PageHandling(Scanning):
    """SCAN, page by page. An index that no page has any more is ignored: fingers are late sometimes."""

    @intent
    def turn_page(self, index: int) -> None:
        """Turn a page a quarter clockwise."""
        from kiosk.scan.handling import turned  # noqa: PLC0415 - brings OpenCV, which the first screen must not wait for

        task = self._change("turn_page", index)
        if task is not None:
            task.pages[index] = replace(turned(task.pages[index]), by_hand=True)

    @intent
    def move_page(self, index: int, to: int) -> None:
        """Put a page to another place among those of its paper."""
        task = self._change("move_page", index, to)
        if task is not None:
            task.pages.insert(to, task.pages.pop(index))

    @intent
    def retake_page(self, index: int) -> None:
        """Take a page out; the next one taken gets its place."""
        task = self._change("retake_page", index)
        if task is not None:
            del task.pages[index]
            task.place = index
            self._watch()

    @intent
    def adjust(self, index: int | None = None) -> None:
        """Show by hand where the corners are: of the page taken last, or (None) of what lies there now."""
        task = self.tasks[self.task_index]
        held = task.pages[index] if index is not None and 0 <= index < len(task.pages) else self.observation
        if held is None or held.source is None or self.adjusting is not None:
            self.ignored["adjust"] += 1
            return
        self.adjusting = Adjusting(held.source, index)
        self.ports.hold_scanning()

    @intent
    def crop(self, quad: "Quad") -> None:
        """Cut the page at these corners: (4, 2) TL, TR, BR, BL in pixels of the frame's preview."""
        from kiosk.scan.handling import can_be_cut  # noqa: PLC0415 - as in turn_page

        adjusting = self.adjusting
        if adjusting is None or adjusting.cutting or not can_be_cut(quad, adjusting.source.preview.shape[1::-1]):
            self.ignored["crop"] += 1
            return
        self.adjusting = replace(adjusting, cutting=True)
        self.ports.crop(adjusting.source, quad)

    @intent
    def leave_adjusting(self) -> None:
        """Leave the corners as they are, and go on scanning."""
        if self.adjusting is not None:
            self.adjusting = None
            self.ports.release_scanning(taken=False)

    @event
    def page_cropped(self, page: "PageImage") -> None:
        """The page cut by hand: in the place of the one it was cut from, or as the next one."""
        adjusting, self.adjusting = self.adjusting, None
        if adjusting is None:
            self.ignored["page_cropped"] += 1
            return
        self.ports.release_scanning(taken=adjusting.index is None)
        task = self.tasks[self.task_index]
        if adjusting.index is None:
            self.page_captured(page)
        else:
            del task.pages[adjusting.index]
            task.place = adjusting.index
            self.put_page(task, page)

    def _change(self, name: str, *indexes: int) -> ScanTask | None:
        """Return the paper, open again, if it has pages of these indexes."""
        task = self.tasks[self.task_index]
        if not all(0 <= index < len(task.pages) for index in indexes):
            self.ignored[name] += 1
            return None
        done = task.status is TaskStatus.DONE
        self._reopen(task)
        task.place = None
        if done:
            self._watch()
        return task
