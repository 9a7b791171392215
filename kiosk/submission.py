"""The case document: everything a resident handed in, frozen when it is handed in, in the contract's canonical form.

One decision: a `Snapshot` is taken on the visit's thread and never changes; the outbox calls its `build` later, on its
own thread, with the number it has just allocated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from kiosk.catalogue import Catalogue, Item, Material, Service
from kiosk.purpose import Purpose
from sync.contract import (
    Answer,
    Applicant,
    Attachment,
    CaseDocument,
    Consent,
    MaterialGiven,
    PresentedCode,
    ScanNote,
    ServiceRef,
    canonical,
)
from sync.contract import Purpose as HandedIn

if TYPE_CHECKING:
    from kiosk.visit_core import ScanTask, VisitCore
    from sync.outbox import Numbering

_PURPOSES: Mapping[Purpose, HandedIn] = {
    Purpose.DECLARE: "declare",
    Purpose.AGENT: "agent",
    Purpose.SUPPLEMENT: "supplement",
}
OTHER_PAPER = "other_paper"  # the code of a note: it looks like another paper than the one asked for
OWN_CARD = "id_card"  # the applicant's own card; every other card is somebody else's and goes under the camera


class SubmissionError(Exception):
    """A submission that is not whole: a defect of this software. The text names no person."""


def gives_by_card(material: Material, *, by_card: bool) -> bool:
    """Tell whether the card that was read is this paper."""
    return by_card and material.id == OWN_CARD


def papers_to_scan(catalogue: Catalogue, service: Service, *, by_card: bool) -> tuple[Material, ...]:
    """Return the papers to be laid under the camera; `by_card`: the applicant's own card was or will be read."""
    papers = catalogue.declared_papers(service)
    return tuple(m for m in papers if m.scan and not m.fill and not gives_by_card(m, by_card=by_card))


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """Everything of a visit that goes into its case, but the number."""

    region: str
    kiosk_id: str
    site_id: str
    language: Literal["zh", "en"]
    catalogue_version: str
    service: ServiceRef
    applicant: Applicant
    consent: Consent
    answers: dict[str, dict[str, Answer]]
    materials: tuple[MaterialGiven, ...]
    attachments: tuple[Attachment, ...]
    presented_codes: tuple[PresentedCode, ...]
    purpose: HandedIn
    about: str | None

    @classmethod
    def of(cls, visit: "VisitCore") -> "Snapshot":
        """Take it of a visit that has everything.

        Raises:
            SubmissionError: it has not.
        """
        if visit.service is None or visit.person is None or visit.consent is None or visit.signature_file is None:
            raise SubmissionError("service, person, consent and signature belong to every submission")
        setting = visit.setting
        if visit.purpose not in _PURPOSES:
            raise SubmissionError("nothing is handed in by who only asks")
        return cls(
            region=setting.region,
            kiosk_id=setting.kiosk_id,
            site_id=setting.site_id,
            language=visit.language,
            catalogue_version=setting.catalogue.version,
            service=_service_ref(setting.catalogue, visit.service),
            applicant=visit.person.applicant(),
            consent=visit.consent,
            answers={form.id: dict(visit.answers[form.id]) for form in visit.forms},
            materials=given_in(visit),
            attachments=(*_files(visit.tasks), visit.signature_file),
            presented_codes=() if visit.presented is None else (visit.presented.reveal(),),
            purpose=_PURPOSES[visit.purpose],
            about=None if visit.about is None else visit.about.submission_id,
        )

    def document(self, numbering: "Numbering") -> CaseDocument:
        """Return the case document under the number it has been given."""
        return CaseDocument(
            submission_id=numbering.submission_id,
            receipt_number=numbering.receipt_number,
            verification_code=numbering.verification_code,
            seq=numbering.seq,
            submitted_at=numbering.created_at,
            **{each.name: getattr(self, each.name) for each in fields(self)},
        )

    def build(self, numbering: "Numbering") -> bytes:
        """Return the document's canonical bytes."""
        return canonical(self.document(numbering))


def _service_ref(catalogue: Catalogue, service: Service) -> ServiceRef:
    items = catalogue.declared_items(service)
    return ServiceRef(
        kind="item" if isinstance(service, Item) else "package",
        id=service.id,
        name=service.name,
        name_en=service.name_en,
        items=tuple(item.id for item in items),
        lines=tuple(dict.fromkeys(item.line for item in items)),
        promised_days=service.promised_days,
    )


def given_in(visit: "VisitCore") -> tuple[MaterialGiven, ...]:
    """Return how each paper of a visit was given: all of the service's; of what is added to a case, those alone."""
    if visit.service is None or visit.person is None:
        return ()
    given = materials_given(visit.setting.catalogue, visit.service, visit.tasks, by_card=visit.person.from_id_card)
    if visit.purpose is not Purpose.SUPPLEMENT:
        return given
    scanned = {task.material.id for task in visit.tasks if task.attachment is not None}
    return tuple(
        MaterialGiven(material_id=m.id, name=m.name, way="scan" if m.id in scanned else "later")
        for m in (task.material for task in visit.tasks)
    )


def materials_given(
    catalogue: Catalogue, service: Service, tasks: "list[ScanTask]", *, by_card: bool
) -> tuple[MaterialGiven, ...]:
    """Return how each paper of the service was given; what was neither read, filled nor sealed is "later"."""
    scanned = {task.material.id for task in tasks if task.attachment is not None}

    def way(material: Material) -> Literal["card", "scan", "fill", "later"]:
        if material.fill:
            return "fill"
        if gives_by_card(material, by_card=by_card):
            return "card"
        return "scan" if material.id in scanned else "later"

    papers = catalogue.declared_papers(service)
    return tuple(MaterialGiven(material_id=m.id, name=m.name, way=way(m)) for m in papers)


def _files(tasks: "list[ScanTask]") -> tuple[Attachment, ...]:
    return tuple(_noted(task, task.attachment) for task in tasks if task.attachment is not None)


def _noted(task: "ScanTask", file: Attachment) -> Attachment:
    """Return the file with a note on each page that looks like another paper, and was handed in all the same."""
    numbers = [n for n, page in enumerate(task.pages, 1) if any(doubt.of(page) for doubt in task.doubts)]
    doubted = dict.fromkeys(min(number, file.pages) for number in numbers)  # two sides of a card are one sheet
    notes = tuple(ScanNote(page=number, code=OTHER_PAPER) for number in doubted)
    return file.model_copy(update={"scan_notes": (*file.scan_notes, *notes)}) if notes else file
