"""What a code that was shown is: one of ours by its own mark, or somebody's token, which is never looked into.

One decision: only what this product prints itself is read (`kiosk.receipt.Receipt.qr_text`). Every other code, such as
an electronic ID's or a health code, is resolved by the system that issued it; the kiosk hands it on as it is.
"""

import re
from dataclasses import dataclass, field

from drivers.code_scanner import Code
from drivers.model import Sensitive
from kiosk.text.gb18030 import decode
from sync.contract import PresentedCode
from sync.numbering import receipt_number_ok

_OURS = re.compile(r"BDY[0-9]+:")
_RECEIPT = re.compile(r"BDY1:(?P<number>[^:]+):(?P<verification>[0-9A-Z]{8})")


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A code of this product's: a receipt's number and code; None: of a kind, or so damaged, that it is not known."""

    receipt_number: str | None
    verification_code: str | None = field(default=None, repr=False)


def read_code(code: Code) -> OwnCode | Sensitive[PresentedCode]:
    """Return what `code` is; a token is sensitive, and as opaque as it came."""
    if _OURS.match(code.text):
        receipt = _RECEIPT.fullmatch(code.text)
        if receipt is None or not receipt_number_ok(receipt["number"]):
            return OwnCode(None)
        return OwnCode(receipt["number"], receipt["verification"])
    # The driver reads GB 18030 as Python's codec does; the standard of 2022 moved two dozen characters.
    text = decode(code.text.encode("gb18030")) if code.charset == "gb18030" else code.text
    return Sensitive(PresentedCode(text=text, symbology=code.symbology, length=code.length))
