"""Files an opened submission: the row of the list, the rating, the signed receipt."""

import base64
import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from office.cases.life import RECEIVED, added_to, begin
from office.cases.masking import masked_name
from office.keys import OfficeKeys
from office.store.models import CaseRow, DiagnosisRow, RatingRow, SubmissionRow
from sync.contract import (
    CaseDocument,
    DiagnosticsDocument,
    OfficeReceipt,
    RatingDocument,
    SignedReceipt,
    canonical,
)

Document = CaseDocument | RatingDocument | DiagnosticsDocument


def file(session: Session, keys: OfficeKeys, document: Document, submission: SubmissionRow, at: datetime) -> None:
    """File a document of any kind, and begin a case's life. Runs in the writer."""
    if not isinstance(document, CaseDocument):
        session.add(row_of(document, submission, at))
        return
    case = case_row(document, keys.person_key(document.applicant.number), at)
    session.add(case)
    begin(session, case, at)
    if document.about is not None:
        added_to(session, document.region, document.about, at)


def row_of(
    document: RatingDocument | DiagnosticsDocument, submission: SubmissionRow, received_at: datetime
) -> RatingRow | DiagnosisRow:
    """Return the row that a rating or a diagnosis is filed as."""
    if isinstance(document, RatingDocument):
        return rating_row(submission.region, submission.kiosk_id, document)
    return diagnosis_row(submission.region, document, received_at)


def case_row(document: CaseDocument, applicant_key: str, received_at: datetime) -> CaseRow:
    """Return what the list may show of a case; its applicant by `OfficeKeys.person_key`."""
    later = sum(material.way == "later" for material in document.materials)
    return CaseRow(
        region=document.region,
        kiosk_id=document.kiosk_id,
        submission_id=document.submission_id,
        receipt_number=document.receipt_number,
        site_id=document.site_id,
        service_id=document.service.id,
        service_name=document.service.name,
        service_name_en=document.service.name_en,
        masked_name=masked_name(document.applicant.name),
        papers=len(document.materials) - later,
        papers_later=later,
        submitted_at=document.submitted_at,
        received_at=received_at,
        status=RECEIVED,
        applicant_key=applicant_key,
        purpose=document.purpose,
        about=document.about,
    )


def rating_row(region: str, kiosk_id: str, document: RatingDocument) -> RatingRow:
    """Return a rating as it is stored."""
    return RatingRow(
        region=region,
        kiosk_id=kiosk_id,
        submission_id=document.submission_id,
        rated_submission_id=document.rated_submission_id,
        score=document.score,
        rated_at=document.rated_at,
    )


def diagnosis_row(region: str, document: DiagnosticsDocument, received_at: datetime) -> DiagnosisRow:
    """Return what the list shows of a diagnosis."""
    return DiagnosisRow(
        region=region,
        kiosk_id=document.kiosk_id,
        submission_id=document.submission_id,
        technician=document.technician,
        exported_at=document.exported_at,
        received_at=received_at,
        size=document.archive.size,
        versions=json.dumps(document.versions, ensure_ascii=False),
    )


def next_office_seq(session: Session) -> int:
    """Return the next number of the office. Safe inside the one writer's transaction alone."""
    last = session.execute(select(func.max(SubmissionRow.office_seq))).scalar_one()
    return (last or 0) + 1


def sign_receipt(keys: OfficeKeys, submission: SubmissionRow, office_seq: int, now: datetime) -> SignedReceipt:
    """Return the office's word that it holds `submission`, all of it."""
    receipt = OfficeReceipt(
        submission_id=submission.submission_id,
        region=submission.region,
        kiosk_id=submission.kiosk_id,
        manifest_sha256=submission.manifest_sha256,
        office_seq=office_seq,
        received_at=now,
    )
    signature = keys.signing.sign(canonical(receipt))
    return SignedReceipt(receipt=receipt, signature=base64.b64encode(signature).decode())
