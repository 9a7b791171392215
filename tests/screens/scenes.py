"""Every page of a visit, each reached by the visit's own intents and events."""

import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from drivers.code_scanner import Code
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass, Sensitive
from drivers.sim.specimens import citizen_number
from kiosk.forms import Widget
from kiosk.papers.cutting import cut_out, decoded
from kiosk.papers.kinds import PaperKind
from kiosk.ports import Signature
from kiosk.scan.fault import Fault
from kiosk.trouble import STARTING, Way
from kiosk.visit import Visit
from kiosk.visit_core import Suggestion
from screens.mending import Aftermath, Mending
from screens.quads import straight
from screens.resident.fill import groups
from screens.view import View
from tests.screens.tray import another, empty, refused, taken, tray, two_apart
from tests.screens.world import NUMBERING, World, card

PENSION, BIRTH, LONGEST, WINDOW_ONLY = "ZT-RS-001", "ZT-PK-01", "ZT-YJ-003", "ZT-CG-002"
LONGEST_ENGLISH = "ZT-YB-019"
BANKED, READ = "ZT-RS-004", Sensitive("6222020000000000018")
PNG = b"\x89PNG\r\n\x1a\n"
GONE = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)
PAPER_OUT = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.PAPER_OUT, ErrorAction.CLEAR)
SAMPLES = {
    Widget.PHONE: "13800005678",
    Widget.DIGITS: "1",
    Widget.MONEY: "300",
    Widget.BANK_CARD: "6222020000000000000",
    Widget.CITIZEN_NUMBER: citizen_number("32059920150521004"),
    Widget.DATE: "2026-11-20",
    Widget.TEXT_LATIN: "example",
    Widget.TEXT: "支塘镇蒋巷村 8 号",
    Widget.PLATE: "苏E12345",
}


def at_choose(view: View) -> Visit:
    """Begin."""
    view.visit.start(view.visit.language)
    return view.visit


def at_guide(view: View, service: str = PENSION) -> Visit:
    """Choose a service."""
    visit = at_choose(view)
    visit.choose(view.site.whole.service(service))
    return visit


def at_identify(view: View, service: str = PENSION) -> Visit:
    """Agree to the consent."""
    visit = at_guide(view, service)
    visit.begin()
    visit.accept_consent()
    return visit


def at_fill(view: View, service: str = PENSION, person: str = "wang") -> Visit:
    """Put the card and confirm it."""
    visit = at_identify(view, service)
    visit.identity_read(card(person))
    visit.confirm_identity()
    return visit


def answer_all(visit: Visit) -> None:
    """Answer every question of the page that is shown, with something that fits."""
    form = visit.forms[visit.form_index]
    for field in form.fields:
        if field.id in visit.answers[form.id]:
            continue
        if field.widget is Widget.CHOICE:
            visit.answer(field.id, field.choices[0].value)
        elif field.widget is Widget.YES_NO:
            visit.answer(field.id, True)
        elif field.widget is not Widget.READ_ONLY:
            visit.answer(field.id, SAMPLES[field.widget])


def at_scan(view: View, service: str = PENSION, person: str = "wang") -> Visit:
    """Answer everything."""
    visit = at_fill(view, service, person)
    for _ in visit.forms:
        answer_all(visit)
        visit.next_form()
    assert visit.state == "SCAN", visit.field_faults
    return visit


def one_page(visit: Visit) -> None:
    """Have one page taken."""
    visit.page_captured(another())


def at_sign(view: View, service: str = PENSION, person: str = "wang") -> Visit:
    """Lay one page of the first paper, and leave the rest for the window."""
    visit = at_scan(view, service, person)
    one_page(visit)
    visit.finish_material()
    while visit.state == "SCAN":
        visit.defer_material()
    return visit


def at_review(view: View, service: str = PENSION, person: str = "wang") -> Visit:
    """Sign."""
    visit = at_sign(view, service, person)
    visit.sign(Signature(PNG))
    return visit


def at_receipt(view: View, service: str = PENSION) -> Visit:
    """Hand in."""
    visit = at_review(view, service)
    visit.submit()
    return visit


def _attract(view: View) -> None:
    del view


def _closed(view: View) -> None:
    view.visit.out_of_service(STARTING)


def _place(*place: str) -> Callable[[View], None]:
    def go(view: View) -> None:
        at_choose(view)
        view.write(place=place)

    return go


def _search(query: str) -> Callable[[View], None]:
    def go(view: View) -> None:
        at_choose(view)
        view.write(place=("search",), query=query)

    return go


def _card_trouble(view: View) -> None:
    at_identify(view).identity_failed(GONE)


def _code_received(view: View) -> None:
    at_identify(view).code_shown(Code("SFM-20261124", "utf-8", None, 12))


def _code_refused(view: View) -> None:
    at_identify(view).code_shown(Code("BDY1:ZT-K01", "utf-8", None, 11))


def _typing(view: View) -> None:
    visit = at_identify(view)
    visit.identity_failed(GONE)
    visit.choose_way(Way.TYPE_NUMBER)
    view.write(number="32059919850712001")
    visit.type_number("32059919850712001")


def _confirm(person: str) -> Callable[[View], None]:
    def go(view: View) -> None:
        at_identify(view).identity_read(card(person))

    return go


def _question(number: int, *, faulty: bool = False) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_fill(view)
        view.write(group=number)
        if faulty:
            visit.check_form()
            view.write(checked=next(iter(visit.field_faults)))

    return go


def _form(index: int, number: int) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_fill(view)
        for _ in range(index):
            answer_all(visit)
            visit.next_form()
        view.write(group=number)

    return go


def _seen(*, ok: bool, pages: int) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_scan(view, BIRTH)
        for _ in range(pages):
            one_page(visit)
        visit.observed(tray(ok=ok))

    return go


def _fault(fault: Fault, *, pages: int = 0, may_go_on: bool = False, taken: bool = False) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_scan(view, BIRTH)
        for _ in range(pages):
            one_page(visit)
        visit.observed(refused(fault, may_go_on=may_go_on, taken=taken))

    return go


def _two(*, offered: bool) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_scan(view, PENSION)
        if offered:
            one_page(visit)
        visit.observed(two_apart(offered=offered))

    return go


def _opened(*, turns: int = 0) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_scan(view, BIRTH)
        for _ in range(3):
            one_page(visit)
        for _ in range(turns):
            visit.turn_page(1)
        view.write(opened=(visit.task_index, 1 if turns else 2))

    return go


def _corners(*, plain: bool, cutting: bool = False) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_scan(view, BIRTH)
        visit.observed(tray(ok=True))
        one_page(visit)
        visit.adjust(0)
        assert visit.adjusting is not None
        quad = visit.adjusting.source.quad
        assert quad is not None
        corners = [(float(x), float(y)) for x, y in quad]
        view.write(plain=plain, corners=straight(corners) if plain else corners)
        if cutting:
            visit.crop(np.array(corners))

    return go


def _long_bare(view: View) -> None:
    """Nothing has lain there for a while."""
    visit = at_scan(view, BIRTH)
    visit.observed(empty())
    view.watch_tray(bare=True)
    view.monotonic = lambda: time.monotonic() + 60


def _other_paper(kind: PaperKind) -> Callable[[View], None]:
    def go(view: View) -> None:
        visit = at_scan(view, BIRTH)
        one_page(visit)
        visit.observed(tray(ok=True))
        visit.paper_type_seen(taken(), kind, expected=False)

    return go


def have_read(visit: Visit) -> tuple[int, int]:
    """Have a bank card's number be read that a form asks for; return the places of form and question."""
    index, form = next((n, f) for n, f in enumerate(visit.forms) if any(q.widget is Widget.BANK_CARD for q in f.fields))
    group = next(n for n, (question, *_) in enumerate(groups(form)) if question.widget is Widget.BANK_CARD)
    picture = cut_out(decoded(taken("bank_card").jpeg), (0.05, 0.6, 0.95, 0.75), 0)
    page = visit.tasks[0].pages[0]
    visit.fields_read(page, (Suggestion(page, "bank-card", READ, picture),))
    return index, group


def _offered(view: View) -> None:
    visit = at_review(view, BANKED)
    index, group = have_read(visit)
    visit.change_form(index)
    view.write(group=group)


def _differing(view: View) -> None:
    have_read(at_review(view, BANKED))


def _signed(view: View) -> None:
    at_sign(view)
    view.write(strokes=[[(120.0 + 6 * n, 240.0 + 70 * np.sin(n / 4)) for n in range(80)]])


def _submitting(view: View) -> Visit:
    visit = at_review(view)
    assert isinstance(visit.ports, World)
    visit.ports.answers = False
    visit.submit()
    return visit


def _printed(view: View) -> None:
    at_receipt(view).printed()


def _not_printed(view: View) -> None:
    at_receipt(view, BIRTH).print_failed(PAPER_OUT)


def _rate(view: View) -> None:
    at_receipt(view).to_rating()


def _done(view: View) -> None:
    visit = at_receipt(view)
    visit.to_rating()
    visit.rate(5)


def _card_left(
    scene: Callable[[View], object], reader: DeviceClass = DeviceClass.ID_CARD_READER
) -> Callable[[View], object]:
    """Leave the card at its reader on a page that asks to take it."""

    def shown(view: View) -> None:
        scene(view)
        view.visit.card_seen(reader, lies=True)
        assert view.visit.must_take_card is reader

    return shown


def _portrait(view: View) -> None:
    """A decoder of photos is installed, and the card's photo is shown beside its name."""
    picture = BytesIO()
    Image.new("RGB", (102, 126), (150, 140, 130)).save(picture, "BMP")
    at_identify(view).identity_read(replace(card("wang"), picture=picture.getvalue()))


def _refused(view: View) -> None:
    at_guide(view).begin()
    view.visit.refuse_consent()


def _help(view: View) -> None:
    at_fill(view)
    view.write(help=True)


def _defect(view: View) -> None:
    at_fill(view)
    Mending(view).mend()
    assert view.aftermath is Aftermath.NOT_SENT


def _defect_after_the_commit(view: View) -> None:
    """The disk has answered, what follows has the defect: the number is there, the receipt is not."""
    visit = _submitting(view)
    visit.numbering = NUMBERING
    Mending(view).mend()
    assert view.aftermath is Aftermath.HANDED_IN


def _defect_while_the_disk_is_asked(view: View) -> None:
    _submitting(view)
    Mending(view).mend()
    assert view.aftermath is Aftermath.WAITING


def _defect_and_an_answer(view: View) -> None:
    visit, mending = _submitting(view), Mending(view)
    mending.mend()
    visit.committed(NUMBERING)
    mending.check()
    assert view.aftermath is Aftermath.HANDED_IN


def _defect_and_no_answer(view: View) -> None:
    times = iter((0.0, 19.0, 20.0))
    mending = Mending(view, lambda: next(times))
    visit = _submitting(view)
    mending.mend()
    mending.check()
    assert visit.state == "SUBMIT"
    mending.check()
    assert view.aftermath is Aftermath.UNSURE
    assert visit.state == "END"
    assert visit.person is None


def _countdown(view: View) -> None:
    visit = at_fill(view)
    visit.tick(0)
    visit.tick(125 if view.theme.elder else 65)


SCENES: dict[str, Callable[[View], object]] = {
    "01-attract": _attract,
    "02-closed": _closed,
    "03-choose": at_choose,
    "04-search": _search("ylbx"),
    "04b-search-question": _search("老婆的医保怎么转"),
    "05-search-none": _search("qqqq"),
    "05b-search-people": _place("search", "people"),
    "05c-search-villages": _place("search", "villages"),
    "06-departments": _place("departments"),
    "07-department": _place("departments", "RS"),
    "08-audiences": _place("audiences"),
    "09-packages": _place("packages"),
    "10-guide": at_guide,
    "11-guide-package": lambda view: at_guide(view, BIRTH),
    "12-guide-longest": lambda view: at_guide(view, LONGEST),
    "13-guide-window": lambda view: at_guide(view, WINDOW_ONLY),
    "14-consent": lambda view: at_guide(view).begin(),
    "15-identify": at_identify,
    "16-identify-gone": _card_trouble,
    "16b-identify-code": _code_received,
    "16c-identify-other-code": _code_refused,
    "17-identify-type": _typing,
    "18-identify-found": _confirm("wang"),
    "18-identify-portrait": _portrait,
    "19-identify-longest": _confirm("longest"),
    "20-identify-private": _confirm("private_use"),
    "21-identify-foreign": _confirm("foreigner_2023"),
    "22-fill-known": at_fill,
    "23-fill-question": _question(1),
    "24-fill-fault": _question(1, faulty=True),
    "25-fill-form": _form(1, 0),
    "26-fill-next": _form(1, 1),
    "27-scan-opening": lambda view: at_scan(view, BIRTH),
    "28-scan-bare": _long_bare,
    "29-scan-most": _seen(ok=True, pages=8),
    "30-scan": _seen(ok=True, pages=0),
    "31-scan-finger": _seen(ok=False, pages=2),
    "31-scan-taken": _seen(ok=True, pages=1),
    "31-scan-two": _two(offered=False),
    "31-scan-two-next": _two(offered=True),
    "31-scan-two-near": _fault(Fault.TWO_PAPERS),
    "31-scan-two-taken": _fault(Fault.TWO_PAPERS, pages=1, taken=True),
    "31-scan-edge": _fault(Fault.EDGE_CUT_RIGHT, pages=2),
    "31-scan-anyway": _fault(Fault.GLARE_TOP, pages=1, may_go_on=True),
    "31-scan-page": _opened(),
    "31-scan-page-turned": _opened(turns=1),
    "31-scan-corners": _corners(plain=False),
    "31-scan-corners-plain": _corners(plain=True),
    "31-scan-cutting": _corners(plain=False, cutting=True),
    "32-scan-gone": lambda view: at_scan(view).scan_failed(GONE),
    "33-sign": at_sign,
    "34-signed": _signed,
    "35-review": at_review,
    "36-review-package": lambda view: at_review(view, BIRTH, "longest"),
    "37-submit": _submitting,
    "38-receipt": _printed,
    "38-receipt-card": _card_left(_printed),
    "39-receipt-not-printed": _not_printed,
    "40-rate": _rate,
    "40-rate-card": _card_left(_rate),
    "41-end": _done,
    "41-end-card": _card_left(_done),
    "41-end-citizen-card": _card_left(_done, DeviceClass.CITIZEN_CARD_READER),
    "42-cancelled": lambda view: at_fill(view).cancel(),
    "43-refused": _refused,
    "44-help": _help,
    "45-countdown": _countdown,
    "46-defect": _defect,
    "47-defect-numbered": _defect_after_the_commit,
    "48-defect-waiting": _defect_while_the_disk_is_asked,
    "49-defect-answered": _defect_and_an_answer,
    "50-defect-unsure": _defect_and_no_answer,
    "51-review-longest": lambda view: at_review(view, LONGEST_ENGLISH, "longest"),
    "52-receipt-longest": lambda view: at_receipt(view, LONGEST_ENGLISH),
    "53-scan-other-paper": _other_paper(PaperKind.BANK_CARD),
    "53-scan-not-this-paper": _other_paper(PaperKind.UNKNOWN),
    "54-fill-offer": _offered,
    "55-review-differs": _differing,
}
