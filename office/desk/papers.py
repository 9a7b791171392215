"""The papers of a case: pages as the pictures that are inside the PDF, the PDF itself, the signature.

One decision: a page is shown as the very picture the kiosk put into the PDF, not drawn anew: a JPEG leaves as it came.
"""

import io
from dataclasses import dataclass

import pikepdf
from fastapi import APIRouter
from starlette.responses import Response

from office.cases.opening import open_attachment, read_document
from office.desk.audit import note_view
from office.desk.sight import Sight, SignedIn, no_such_page
from office.errors import LostBlobError, NotFoundError, Refusal, UnreadableError
from sync.contract import Attachment, CaseDocument, PaperCode, ScanNote

router = APIRouter()
SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "application/octet-stream": "bin"}
PICTURES = {".jpg": "image/jpeg", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One attachment as it is shown: its number in the links, name, number of pictures, notes and codes on it."""

    number: int
    title: str
    sheets: int
    signature: bool
    notes: tuple[ScanNote, ...] = ()
    codes: tuple[PaperCode, ...] = ()


def papers_of(document: CaseDocument, sight: Sight) -> list[Paper]:
    """Return the papers of a case in the order they were handed in, numbered from 1."""
    names = {material.material_id: material.name for material in document.materials}
    papers = []
    for number, attachment in enumerate(document.attachments, 1):
        picture = attachment.media_type == "image/png"
        signature = picture and attachment.material_id is None
        name = names.get(attachment.material_id or "", attachment.name)
        title = sight.words.say("case.signature") if signature else name
        sheets, notes, codes = 1 if picture else attachment.pages, attachment.scan_notes, attachment.codes
        papers.append(Paper(number, title, sheets, signature, notes, codes))
    return papers


@router.get("/cases/{kiosk_id}/{submission_id}/papers/{number}/sheets/{page}")
def sheet_page(sight: SignedIn, kiosk_id: str, submission_id: str, number: int, page: int) -> Response:
    """Show one page of a paper as large as it was scanned, with the way to the next one and back."""
    document = _document(sight, (kiosk_id, submission_id), number)
    paper = papers_of(document, sight)[number - 1]
    if not 1 <= page <= paper.sheets:
        no_such_page(sight)
    note_view(sight.desk.office, sight.who().name, "sheet", kiosk_id, submission_id, f"{number}/{page}")
    return sight.page(
        "sheet.html",
        title=paper.title,
        sheets=paper.sheets,
        page=page,
        number=number,
        kiosk_id=kiosk_id,
        submission_id=submission_id,
        receipt_number=document.receipt_number,
    )


@router.get("/cases/{kiosk_id}/{submission_id}/papers/{number}/pages/{page}")
def page_picture(sight: SignedIn, kiosk_id: str, submission_id: str, number: int, page: int) -> Response:
    """Show one page of a paper; both are counted from 1."""
    attachment, plain, _ = _open(sight, "page", (kiosk_id, submission_id), number, f"{number}/{page}")
    if attachment.media_type == "image/png" and page == 1:
        return Response(plain, media_type="image/png")
    if attachment.media_type != "application/pdf":
        no_such_page(sight)
    try:
        picture, media_type = picture_of(plain, page)
    except NotFoundError:
        no_such_page(sight)
    except UnreadableError as error:
        raise Refusal(500, str(error)) from error
    return Response(picture, media_type=media_type)


@router.get("/cases/{kiosk_id}/{submission_id}/papers/{number}/file")
def download(sight: SignedIn, kiosk_id: str, submission_id: str, number: int) -> Response:
    """Give a paper as a file, byte for byte; its name holds the receipt number and nothing of the person."""
    attachment, plain, receipt_number = _open(sight, "file", (kiosk_id, submission_id), number, str(number))
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "_" for sign in receipt_number)
    name = f"{safe}-{number}.{SUFFIXES[attachment.media_type]}"
    return Response(
        plain, media_type=attachment.media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def picture_of(pdf: bytes, page: int) -> tuple[bytes, str]:
    """Return the largest picture on a page of `pdf`, counted from 1, and its media type.

    Raises:
        NotFoundError: there is no such page, or no picture on it.
        UnreadableError: it is no PDF, or the picture is of a kind no browser shows.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if not 1 <= page <= len(document.pages):
                raise NotFoundError("the paper has no such page")
            pictures = [pikepdf.PdfImage(raw) for raw in document.pages[page - 1].get_images().values()]
            if not pictures:
                raise NotFoundError("there is no picture on this page")
            out = io.BytesIO()
            suffix = max(pictures, key=lambda picture: picture.width * picture.height).extract_to(stream=out)
    except pikepdf.PdfError as error:
        raise UnreadableError("the paper is not a PDF that can be read") from error
    if suffix not in PICTURES:
        message = f"the picture is of a kind ({suffix}) that no browser shows: download the PDF"
        raise UnreadableError(message)
    return out.getvalue(), PICTURES[suffix]


def _open(sight: Sight, action: str, key: tuple[str, str], number: int, detail: str) -> tuple[Attachment, bytes, str]:
    """Write the look down, then return the attachment, its plain bytes, and the case's receipt number."""
    office = sight.desk.office
    document = _document(sight, key, number)
    attachment = document.attachments[number - 1]
    note_view(office, sight.who().name, action, *key, detail)
    try:
        plain = open_attachment(office.keys, office.blobs, document.submission_id, attachment)
    except (LostBlobError, UnreadableError) as error:
        raise Refusal(500, str(error)) from error
    return attachment, plain, document.receipt_number


def _document(sight: Sight, key: tuple[str, str], number: int) -> CaseDocument:
    """Return the document of a case that has an attachment `number`, counted from 1; refuse otherwise."""
    try:
        document, _ = read_document(sight.desk.office, *key)
    except NotFoundError:
        no_such_page(sight)
    except UnreadableError as error:
        raise Refusal(500, str(error)) from error
    if not 1 <= number <= len(document.attachments):
        no_such_page(sight)
    return document
