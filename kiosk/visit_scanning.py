"""The papers of a visit: each under the camera page by page, sealed as soon as it is complete, or left for later."""

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.errors import DeviceError
from drivers.model import DeviceClass
from kiosk.trouble import NO_ROOM_TO_SCAN, Trouble, Way, device_trouble
from kiosk.visit_core import MAX_PAGES, ScanTask, TaskStatus, VisitCore
from kiosk.visit_states import State, event, intent

if TYPE_CHECKING:
    from kiosk.catalogue_records import Sheet
    from kiosk.scan.page import PageImage
    from kiosk.scan.session import Observation

TOO_MANY_PAGES = Trouble("visit.too_many_pages", (Way.LATER_AT_WINDOW,), parameters={"pages": MAX_PAGES})


class Scanning(VisitCore):
    """SCAN."""

    @intent
    def capture(self) -> None:
        """Take the page; refused often enough, as it lies, and a repeated one at the second touch, with a note."""
        repeated, self.repeated = self.repeated, None
        if repeated is None:
            self.ports.capture()
        else:
            self.put_page(self.tasks[self.task_index], replace(repeated, notes=(*repeated.notes, "repeated")))

    @intent
    def drop_page(self, index: int) -> None:
        """Take one page out again."""
        task = self.tasks[self.task_index]
        if 0 <= index < len(task.pages):
            self._reopen(task)
            del task.pages[index]
            task.place = None
            self._watch()

    @intent
    def finish_material(self) -> None:
        """Say that the paper is complete; a paper without a page cannot be."""
        task = self.tasks[self.task_index]
        if not task.pages:
            self.ignored["finish_material"] += 1
            return
        if task.status is not TaskStatus.DONE:
            task.status = TaskStatus.DONE
            self._let_go(task)
            self.stage(task)
        self._next_task()

    @intent
    def defer_material(self) -> None:
        """Bring this paper to the window later."""
        self._defer(self.tasks[self.task_index])
        self._next_task()

    @intent
    def scan_again(self, index: int) -> None:
        """Scan a paper anew, from its page or from the review."""
        if not 0 <= index < len(self.tasks):
            self.ignored["scan_again"] += 1
            return
        task = self.tasks[index]
        self._reopen(task)
        task.pages.clear()
        task.place = None
        self.task_index = index
        if self.state is State.REVIEW:
            self.go(State.SCAN)
        else:
            self._watch()

    @event
    def observed(self, observation: "Observation") -> None:
        """The camera saw something; while a paper is moved the time does not run out."""
        self.observation = observation
        self.verdict = observation.verdict
        if self.repeated is not None:
            self._still_repeated(lifted=not observation.taken)
        if self.trouble is not TOO_MANY_PAGES:
            self.trouble = None  # the camera sees again
        if observation.quad is not None and not observation.still:
            self.touch()

    @event
    def page_captured(self, page: "PageImage") -> None:
        """A page was taken."""
        self.touch()
        task = self.tasks[self.task_index]
        if len(task.pages) >= MAX_PAGES:
            self.trouble = TOO_MANY_PAGES
        elif not page.notes and self._is_repeated(page, task):
            self.repeated = page
        else:
            self.put_page(task, page)

    @event
    def scan_failed(self, error: DeviceError) -> None:
        """The camera is unwell: the papers can be brought to the window (promise 3). It is tried on meanwhile."""
        self.observation = self.verdict = None
        self.trouble = device_trouble(DeviceClass.DOCUMENT_CAMERA, error)

    @property
    def sheet_wanted(self) -> "Sheet | None":
        """The side or page that comes next, by how many were taken; a hint, for nobody checks which they are."""
        task = self.tasks[self.task_index]
        return next(iter(task.material.sheets[len(task.pages) :]), None)

    def defer_all(self) -> None:
        """Bring everything that is not yet scanned to the window later, and go on."""
        for task in self.tasks:
            if task.status is TaskStatus.TODO:
                self._defer(task)
        self.onward()

    def enter_scan(self) -> None:
        """Begin with the first paper that is still to do, or show the last one; but never without room for them."""
        if self.tasks[self.task_index].status is not TaskStatus.TODO:
            self.task_index = self._todo(0, len(self.tasks) - 1)
        todo = sum(task.status is TaskStatus.TODO for task in self.tasks)
        if self.ports.room(MAX_PAGES * todo):
            self._watch()
        else:
            self.trouble = NO_ROOM_TO_SCAN

    def previous_task(self) -> None:
        """Show the paper before this one, or the state before this one."""
        if self.task_index > 0:
            self.task_index -= 1
            self._watch()
        else:
            self.backward()

    def stage(self, task: ScanTask) -> None:
        """Have the paper made a PDF and sealed, while the next one is scanned."""
        task.staging += 1
        self.ports.stage(task.material, tuple(task.pages))

    def put_page(self, task: ScanTask, page: "PageImage") -> None:
        """Put a page to its place; only the last one taken keeps its frame, for frames are large."""
        self._reopen(task)
        place = len(task.pages) if task.place is None else task.place
        self._let_go(task)
        task.pages.insert(place, page)
        self.ports.examine(task.material, page)
        task.place = None
        self.trouble = None

    @abstractmethod
    def onward(self) -> None:
        """Go on to the next state in which there is something to do."""

    @abstractmethod
    def backward(self) -> None:
        """Go back to the last state in which there is something to do."""

    def _is_repeated(self, page: "PageImage", task: ScanTask) -> bool:
        """Tell whether the paper has this page already."""
        from kiosk.scan.same import same_page  # noqa: PLC0415 - brings OpenCV, which the first screen must not wait for

        return any(same_page(page, before) for before in task.pages)

    def _still_repeated(self, *, lifted: bool) -> None:
        """Say so while the paper lies there; lifted, it is forgotten."""
        from kiosk.scan.fault import Fault, Verdict  # noqa: PLC0415 - as in _is_repeated

        if lifted:
            self.repeated = None
        else:
            self.verdict = Verdict(ok=False, fault=Fault.REPEATED)

    def _watch(self) -> None:
        self.observation = self.verdict = self.trouble = self.adjusting = self.repeated = None
        task = self.tasks[self.task_index]
        if task.status is TaskStatus.DONE:
            self.ports.stop_scanning()
        else:
            self.ports.start_scanning(task.material)

    def _next_task(self) -> None:
        following = self._todo(self.task_index + 1, self._todo(0, len(self.tasks)))
        if following < len(self.tasks):
            self.task_index = following
            self._watch()
        else:
            self.onward()

    def _todo(self, start: int, otherwise: int) -> int:
        candidates = range(start, len(self.tasks))
        return next((i for i in candidates if self.tasks[i].status is TaskStatus.TODO), otherwise)

    def _defer(self, task: ScanTask) -> None:
        self._reopen(task)
        task.pages.clear()
        task.status = TaskStatus.LATER

    def _let_go(self, task: ScanTask) -> None:
        """Let go of the frames the paper's pages were cut from."""
        task.pages[:] = [replace(page, source=None) for page in task.pages]

    def _reopen(self, task: ScanTask) -> None:
        """A paper that changes is not what was sealed of it: that file goes."""
        task.status = TaskStatus.TODO
        if task.attachment is not None:
            self.ports.drop(task.attachment)
            task.attachment = None
