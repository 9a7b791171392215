"""Fictional submissions: what a kiosk would seal, with papers made here."""

import base64
import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import img2pdf
from PIL import Image, ImageDraw

from office.keys import OfficeKeys
from sync.contract import (
    Attachment,
    CaseDocument,
    Manifest,
    RatingDocument,
    SealedBlob,
    canonical,
    sha256_hex,
)
from sync.seal import Sealer, attachment_info, document_info

NAME = "王小龴"
NUMBER = "11010119900307451X"
SUBMITTED = datetime(2026, 11, 23, 19, 4, 5, tzinfo=UTC)  # 03:04 of the 24th in Shanghai


def submission_id(number: int) -> str:
    """Return a fixed UUIDv7 for a number."""
    return f"01937f00-0000-7000-8000-{number:012x}"


def picture(text: str) -> bytes:
    """Return a JPEG with a text on it."""
    image = Image.new("RGB", (420, 594), "white")
    ImageDraw.Draw(image).text((40, 40), text, fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def signature() -> bytes:
    """Return a PNG with a line on it."""
    image = Image.new("RGBA", (240, 90), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(10, 70), (80, 20), (140, 70), (230, 30)], fill="black", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def pdf(*pictures: bytes) -> bytes:
    """Return the pictures as the pages of one PDF, as the kiosk makes it."""
    made: bytes = img2pdf.convert(list(pictures))
    return made


@dataclass(frozen=True)
class Submission:
    """A sealed submission: its manifest's bytes and its blobs by their SHA-256, and what is inside."""

    manifest: Manifest
    blobs: dict[str, bytes]
    plain: bytes
    attachments: dict[str, bytes]

    @property
    def body(self) -> bytes:
        """Return the manifest as it travels."""
        return canonical(self.manifest)

    @property
    def document(self) -> dict[str, Any]:
        """Return the document's fields."""
        fields: dict[str, Any] = json.loads(self.plain)
        return fields

    def with_manifest(self, **changes: object) -> "Submission":
        """Return the same with other fields in its manifest."""
        return replace(self, manifest=self.manifest.model_copy(update=changes))

    @property
    def id(self) -> str:
        """Return the submission id."""
        return self.manifest.submission_id


@cache
def papers() -> dict[str, tuple[str | None, str, bytes]]:
    """Return a two-page register and a signature: name -> (material, media type, bytes)."""
    return {
        "hukou_book.pdf": ("hukou_book", "application/pdf", pdf(picture("page one"), picture("page two"))),
        "signature.png": (None, "image/png", signature()),
    }


def a_case(
    keys: OfficeKeys, seq: int = 1, kiosk_id: str = "K01", blobs: dict[str, bytes] | None = None, **changes: Any
) -> Submission:
    """Return a whole case. `changes` are fields of the document; with its own `blobs` they name the attachments."""
    sealer = Sealer(keys.suite, keys.seal_public)
    number = submission_id(seq)
    if blobs is not None:
        plain = canonical(CaseDocument.model_validate({**_document(number, seq, kiosk_id), **changes}))
        return _seal(sealer, "case", plain, (number, seq, kiosk_id), blobs, {})
    blobs, attachments, records = {}, {}, []
    for name, (material, media_type, plain) in papers().items():
        sealed = sealer.seal(plain, attachment_info(number))
        blobs[sha256_hex(sealed)] = sealed
        attachments[name] = plain
        records.append(_record(name, material, media_type, plain, sha256_hex(sealed)))
    document = CaseDocument.model_validate({**_document(number, seq, kiosk_id), "attachments": records, **changes})
    return _seal(sealer, "case", canonical(document), (number, seq, kiosk_id), blobs, attachments)


def a_rating(keys: OfficeKeys, seq: int, of: str, score: int, kiosk_id: str = "K01") -> Submission:
    """Return a rating of the submission `of`."""
    number = submission_id(seq)
    document = RatingDocument(submission_id=number, rated_submission_id=of, score=score, rated_at=SUBMITTED)
    sealer = Sealer(keys.suite, keys.seal_public)
    return _seal(sealer, "rating", canonical(document), (number, seq, kiosk_id), {}, {})


def an_unreadable_case(keys: OfficeKeys, seq: int = 1) -> Submission:
    """Return a submission whose document is no case document."""
    sealer = Sealer(keys.suite, keys.seal_public)
    return _seal(sealer, "case", b'{"name": "' + NAME.encode() + b'"}', (submission_id(seq), seq, "K01"), {}, {})


def a_document() -> dict[str, Any]:
    """Return the fields of a case document without attachments."""
    return {**_document(submission_id(1), 1, "K01"), "attachments": []}


def _record(name: str, material: str | None, media_type: str, plain: bytes, sealed_sha256: str) -> Attachment:
    return Attachment.model_validate(
        {
            "name": name,
            "material_id": material,
            "media_type": media_type,
            "sha256": sha256_hex(plain),
            "size": len(plain),
            "pages": 2 if media_type == "application/pdf" else 0,
            "sealed_sha256": sealed_sha256,
        }
    )


def _document(number: str, seq: int, kiosk_id: str) -> dict[str, Any]:
    return {
        "submission_id": number,
        "receipt_number": f"ZT{kiosk_id}-20261124-{seq:05d}",
        "verification_code": "7H4K-QX2M",
        "region": "ZT",
        "kiosk_id": kiosk_id,
        "site_id": "ZT-S00",
        "seq": seq,
        "submitted_at": SUBMITTED,
        "language": "zh",
        "catalogue_version": "0" * 64,
        "service": {
            "kind": "item",
            "id": "ZT-RS-001",
            "name": "城乡居民基本养老保险参保登记",
            "name_en": "Enrolment in the basic pension insurance",
            "items": ["ZT-RS-001"],
            "lines": ["citizen_card"],
            "promised_days": 0,
        },
        "applicant": {
            "source": "id_card",
            "document_type": "resident",
            "number": NUMBER,
            "name": NAME,
            "sex": "1",
            "nation": "汉",
            "birth": "1990-03-07",
            "address": "江苏省常熟市支塘镇灯下路 3 号",
            "authority": "常熟市公安局",
            "valid_from": "2016-05-01",
            "long_term": True,
        },
        "consent": {"version": "2026-11", "language": "zh", "given_at": SUBMITTED},
        "answers": {"applicant": {"phone": "13900000000", "email": None, "post": False}},
        "materials": [
            {"material_id": "id_card", "name": "居民身份证", "way": "card"},
            {"material_id": "hukou_book", "name": "户口簿", "way": "scan"},
            {"material_id": "photo_1inch", "name": "一寸照片", "way": "later"},
        ],
    }


def _seal(
    sealer: Sealer,
    kind: str,
    plain: bytes,
    key: tuple[str, int, str],
    blobs: dict[str, bytes],
    attachments: dict[str, bytes],
) -> Submission:
    number, seq, kiosk_id = key
    sealed = sealer.seal(plain, document_info(number))
    manifest = Manifest.model_validate(
        {
            "submission_id": number,
            "region": "ZT",
            "kiosk_id": kiosk_id,
            "site_id": "ZT-S00",
            "seq": seq,
            "kind": kind,
            "created_at": SUBMITTED,
            "suite": sealer.suite,
            "key_id": sealer.key_id,
            "document": base64.b64encode(sealed).decode(),
            "document_sha256": sha256_hex(sealed),
            "blobs": [SealedBlob(sha256=sha, size=len(data)) for sha, data in blobs.items()],
        }
    )
    return Submission(manifest, blobs, plain, attachments)
