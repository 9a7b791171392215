"""What the receipt of a visit says: number, item, masked name, what happens next and when, what is still missing."""

from typing import TYPE_CHECKING

from kiosk.guide import added_steps, guide
from kiosk.purpose import Purpose
from kiosk.receipt import Receipt
from kiosk.submission import SubmissionError, given_in
from kiosk.text.masking import mask_name
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.visit_core import VisitCore
    from sync.outbox import Numbering


def receipt_of(visit: "VisitCore", numbering: "Numbering") -> Receipt:
    """Return the receipt of a case that has just been committed.

    Raises:
        SubmissionError: the visit has no service or no person.
    """
    if visit.service is None or visit.person is None:
        raise SubmissionError("a receipt needs a service and a person")
    setting, name = visit.setting, visit.person.name
    catalogue = setting.catalogue
    later = [paper for paper in given_in(visit) if paper.way == "later"]
    adds = visit.purpose is Purpose.SUPPLEMENT
    words = Words(visit.language)
    title = visit.service.title(visit.language)
    told = guide(visit.service, catalogue, numbering.created_at, visit.language)
    steps = added_steps(numbering.created_at, words) if adds else told.steps
    return Receipt(
        receipt_number=numbering.receipt_number,
        verification_code=numbering.verification_code,
        service=words.say("receipt.adds", service=title) if adds else title,
        applicant=None if name is None else mask_name(name),
        submitted_at=numbering.created_at,
        steps=tuple((step.when, step.what) for step in steps),
        missing=tuple(catalogue.materials[paper.material_id].title(visit.language) for paper in later),
        site=catalogue.sites[setting.site_id].title(visit.language),
        kiosk_id=setting.kiosk_id,
        language=visit.language,
        elsewhere=tuple(item.title(visit.language) for item in told.elsewhere if not adds),
    )
