"""What the receipt of a visit says: number, item, masked name, what happens next and when, what is still missing."""

from typing import TYPE_CHECKING

from kiosk.guide import guide
from kiosk.receipt import Receipt
from kiosk.submission import SubmissionError, materials_given
from kiosk.text.masking import mask_name

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
    given = materials_given(catalogue, visit.service, visit.tasks, by_card=visit.person.from_id_card)
    later = [paper for paper in given if paper.way == "later"]
    told = guide(visit.service, catalogue, numbering.created_at, visit.language)
    return Receipt(
        receipt_number=numbering.receipt_number,
        verification_code=numbering.verification_code,
        service=visit.service.title(visit.language),
        applicant=None if name is None else mask_name(name),
        submitted_at=numbering.created_at,
        steps=tuple((step.when, step.what) for step in told.steps),
        missing=tuple(catalogue.materials[paper.material_id].title(visit.language) for paper in later),
        site=catalogue.sites[setting.site_id].title(visit.language),
        kiosk_id=setting.kiosk_id,
        language=visit.language,
        elsewhere=tuple(item.title(visit.language) for item in told.elsewhere),
    )
