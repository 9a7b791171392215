"""Papers under the simulated camera, handled at the real window: the clerk gets what the resident made of them."""

import time
from functools import partial

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from drivers.sim.pages import draw_page
from kiosk.text.fonts import REGULAR, font_folder
from office.cases.opening import OpenedCase, read_case
from office.errors import OfficeError
from office.office import open_office
from office.settings import OfficeSettings
from roles.probe_client import Seen
from roles.processes import wait_until
from tests.window.kiosk_window import Kiosk

CAMERA = "document_camera"
REGISTER, CARD = (105.0, 143.0), (85.6, 54.0)
SECONDS = 120.0
DOUBLE_SECONDS = 0.5  # of a double touch that the window must not take for two
FRAMES = 8  # drawn, one or more for each that the camera gave
PIXELS_PER_POINT = 2.0
MM_PER_POINT = 25.4 / 72
Gray = NDArray[np.uint8]


def to_scan(kiosk: Kiosk) -> None:
    """Come to the papers."""
    kiosk.to_identify()
    kiosk.by_card()
    kiosk.fill()
    kiosk.window.wait_screen("scan")


def until(kiosk: Kiosk, target: str, *, there: bool = True) -> Seen:
    """Wait until something can be touched, or no more; a question about another kind of paper is answered: use it."""

    def happened(seen: Seen) -> bool:
        if "keep_paper" in seen.targets and target != "keep_paper":
            kiosk.answer_question("keep_paper")
            return False
        return (target in seen.targets) is there

    return kiosk.window.wait(f"{target} {'there' if there else 'gone'}", happened, SECONDS)


def _is_later(frame: int, seen: Seen) -> bool:
    return seen.frame > frame


def insist(kiosk: Kiosk, target: str) -> None:
    """Press the button as often as the machine judges what lies there, until something can be touched."""
    end = time.monotonic() + SECONDS
    while target not in kiosk.window.look().targets:
        assert time.monotonic() < end, "the refusals have no end"
        frame = kiosk.window.look().frame
        kiosk.window.tap("capture")
        kiosk.window.wait("it is judged anew", partial(_is_later, frame + FRAMES))


def lay(kiosk: Kiosk, page: str, seed: int, taken: int) -> dict[str, object]:
    """Lift what lies there, lay a paper, and wait until it is taken by itself as page number `taken`."""
    kiosk.do(CAMERA, "clear")
    frame = kiosk.window.look().frame
    kiosk.window.wait("the empty tray is seen", lambda seen: seen.frame > frame + FRAMES)
    told = kiosk.do(CAMERA, "lay", page=page, seed=seed)
    until(kiosk, f"page:{taken}")
    return told


def drag(kiosk: Kiosk, target: str, end: tuple[float, float]) -> Seen:
    """Take what can be touched to another place, again where the page was built anew under the finger."""
    hand = kiosk.window.hand
    while True:
        seen = kiosk.window.look()
        start = middle(seen, target)
        hand.move(*start)
        hand.press()
        kiosk.window.wait("it is held", partial(drawn_since, seen.frame))
        for part in range(1, 13):
            hand.move(start[0] + (end[0] - start[0]) * part / 12, start[1] + (end[1] - start[1]) * part / 12)
        hand.release()
        after = kiosk.window.wait("it is let go", partial(felt_since, seen.touches))
        if middle(after, target) != start:
            return after


def drawn_since(frame: int, now: Seen) -> bool:
    """Tell whether the window has drawn since that frame."""
    return now.frame > frame


def felt_since(touches: int, now: Seen) -> bool:
    """Tell whether the window has felt a finger since."""
    return now.touches > touches


def middle(seen: Seen, target: str) -> tuple[float, float]:
    """Return the middle of a target."""
    x, y, width, height = seen.targets[target]
    return x + width / 2, y + height / 2


def touched_twice(kiosk: Kiosk, target: str) -> float:
    """Touch a place, and again as soon as what that did is on the glass; return the seconds from then to its end."""
    seen = kiosk.window.look()
    kiosk.window.touch(*middle(seen, target), seen)
    shown = kiosk.window.wait("it is on the glass", lambda now: now.drawn)
    began = time.monotonic()
    kiosk.window.touch(*middle(seen, target), shown)
    return time.monotonic() - began


def finish(kiosk: Kiosk) -> None:
    """Say that the paper is complete; a question that comes just then is answered, and it is said again."""
    until(kiosk, "next")

    def happened(seen: Seen) -> bool:
        if "keep_paper" in seen.targets:
            until(kiosk, "next")
        elif seen.screen == "scan" and "next" in seen.targets:
            kiosk.window.touch(*middle(seen, "next"), seen)  # it acts once it has been there long enough to be read
        return seen.screen == "sign"

    kiosk.window.wait("the papers are complete", happened, SECONDS)


def handed_in(kiosk: Kiosk) -> OpenedCase:
    """Finish the paper, sign, hand in, and open the case at the office."""
    finish(kiosk)
    kiosk.sign()
    return delivered(kiosk)


def delivered(kiosk: Kiosk) -> OpenedCase:
    """Hand in from the review, and open the case at the office."""
    kiosk.hand_in()
    submission = kiosk.committed()[-1][0]
    settings, found = kiosk.stack.config.kiosk, list[OpenedCase]()

    def arrived() -> bool:
        with open_office(OfficeSettings(folder=kiosk.stack.places.office)) as office:
            try:
                found.append(read_case(office, settings.region, settings.id, submission))
            except OfficeError:
                return False
        return True

    wait_until("the case is at the office", arrived, SECONDS)
    kiosk.leave()
    return found[0]


def sheets(case: OpenedCase) -> list[tuple[tuple[float, float], Gray]]:
    """Return the pages of the one PDF: width and height in mm, and how they look."""
    data = next(plain for name, plain in case.attachments.items() if name.endswith(".pdf"))
    with pypdfium2.PdfDocument(data) as document:
        return [
            (
                tuple(round(points * MM_PER_POINT, 1) for points in page.get_size()),
                np.asarray(page.render(scale=PIXELS_PER_POINT).to_numpy()).mean(axis=2).astype(np.uint8),
            )
            for page in document
        ]


def likeness(seen: Gray, kind: str, turns: int = 0) -> float:
    """Return how well a page agrees with the one that was drawn and turned: 1 is point for point."""
    drawn = cv2.cvtColor(draw_page(kind, font_folder() / REGULAR).image, cv2.COLOR_BGR2GRAY)
    drawn = np.rot90(drawn, -turns)
    blurred = [
        cv2.GaussianBlur(cv2.resize(np.ascontiguousarray(each), (300, 400), interpolation=cv2.INTER_AREA), (5, 5), 0)
        for each in (seen, drawn)
    ]
    return float(np.corrcoef(blurred[0].ravel(), blurred[1].ravel())[0, 1])


def test_pages_turned_moved_and_deleted_reach_the_clerk_so(kiosk: Kiosk) -> None:
    """Promises 4 and 7: by touch alone; order, turn and number of the pages are the resident's own."""
    to_scan(kiosk)
    lay(kiosk, "hukou", 11, taken=0)
    lay(kiosk, "bank_card", 12, taken=1)
    lay(kiosk, "certificate", 13, taken=2)
    kiosk.window.tap("page:2")
    kiosk.window.tap("delete")
    until(kiosk, "page:2", there=False)
    kiosk.window.tap("page:1")
    kiosk.window.tap("earlier_page")
    until(kiosk, "earlier_page", there=False)
    kiosk.window.tap("turn")
    kiosk.window.tap("close_page")
    kiosk.do(CAMERA, "clear")
    pages = sheets(handed_in(kiosk))
    assert [size for size, _ in pages] == [CARD[::-1], REGISTER]
    assert likeness(pages[0][1], "bank_card", turns=1) > 0.9
    assert likeness(pages[1][1], "hukou") > 0.9


def test_a_corner_dragged_away_and_back_gives_the_page_as_it_lies(kiosk: Kiosk) -> None:
    """Promise 4: the corners that the finger set are those of the page that is kept, within what a finger can do."""
    to_scan(kiosk)
    told = lay(kiosk, "hukou", 21, taken=0)
    truth = np.array(told["corners"], np.float32)
    kiosk.window.tap("page:0")
    kiosk.window.tap("corners")
    seen = until(kiosk, "corner:3")
    away = middle(seen, "corner:2")
    seen = drag(kiosk, "corner:2", (away[0] - 60, away[1] - 80))
    known = np.array([middle(seen, f"corner:{number}") for number in (0, 1, 3)], np.float32)
    to_glass = cv2.getAffineTransform(truth[[0, 1, 3]], known)
    goal = to_glass @ np.array([*truth[2], 1.0])
    drag(kiosk, "corner:2", (float(goal[0]), float(goal[1])))
    kiosk.window.tap("corners_take")
    until(kiosk, "page:0")
    kiosk.do(CAMERA, "clear")
    (size, page), *others = sheets(handed_in(kiosk))
    assert not others
    assert size == REGISTER
    assert likeness(page, "hukou") > 0.9


def test_a_page_refused_again_and_again_is_used_as_it_is_and_the_clerk_is_told(kiosk: Kiosk) -> None:
    """Promises 3 and 8: no refusal without an end; the note says which page and why."""
    to_scan(kiosk)
    kiosk.do(CAMERA, "lay", page="hukou", seed=31, defects=["finger"], corner=2)
    kiosk.until_note("scan.finger_bottom_right")
    insist(kiosk, "page:0")
    kiosk.do(CAMERA, "clear")
    case = handed_in(kiosk)
    notes = [note for file in case.document.attachments for note in file.scan_notes]
    assert [(note.page, note.code) for note in notes] == [(1, "finger")]


def test_two_papers_are_taken_one_after_the_other_without_lifting(kiosk: Kiosk) -> None:
    """Promise 7: who lays two is told which one is taken first; then the other is outlined, and nothing was lifted."""
    to_scan(kiosk)
    kiosk.until_note("screens.scan.bare")  # by now it knows its empty tray
    kiosk.do(CAMERA, "lay", page="hukou", beside="bank_card", seed=8)
    kiosk.until_note("screens.scan.two")
    kiosk.window.tap("capture")
    until(kiosk, "page:0")
    kiosk.until_note("screens.scan.two_next")
    kiosk.window.tap("capture")
    until(kiosk, "page:1")
    kiosk.do(CAMERA, "clear")
    pages = sheets(handed_in(kiosk))
    assert [size for size, _ in pages] == [REGISTER, CARD]
    assert likeness(pages[0][1], "hukou") > 0.9
    assert likeness(pages[1][1], "bank_card") > 0.9


def test_bring_it_later_touched_twice_leaves_one_paper(kiosk: Kiosk) -> None:
    """Promises 4 and 7: the next paper's button stands at the same place; nobody has read it as fast as that."""
    for _ in range(5):
        kiosk.to_identify()
        kiosk.by_number()  # who typed the number is asked for the own card too: two papers
        kiosk.fill()
        until(kiosk, "later_at_window")
        kiosk.read_on()
        apart = touched_twice(kiosk, "later_at_window")
        left = kiosk.window.look().screen == "sign"
        if apart < DOUBLE_SECONDS:
            break
        kiosk.cancel()  # a machine so busy that these were two touches
    assert not left
    kiosk.bring_later()


def test_a_page_swapped_under_the_hand_is_the_next_page(kiosk: Kiosk) -> None:
    """Promise 7: a register is leafed through; its tray is never bare, and both its pages are taken by themselves."""
    to_scan(kiosk)
    kiosk.until_note("screens.scan.bare")  # by now it knows its empty tray
    lay(kiosk, "hukou", 51, taken=0)
    kiosk.do(CAMERA, "lay", page="certificate", seed=52, swap=True)
    kiosk.window.wait("it is asked about", lambda seen: {"page:1", "keep_paper"} <= seen.targets.keys(), SECONDS)
    kiosk.answer_question("keep_paper")
    kiosk.do(CAMERA, "clear")
    pages = sheets(handed_in(kiosk))
    # Which papers became pages is asked here; that they stand upright is asked of pages that were not swapped.
    best = [max(likeness(seen, kind, turns) for turns in range(4))
            for (_, seen), kind in zip(pages, ("hukou", "certificate"), strict=True)]  # fmt: skip
    assert min(best) > 0.9
