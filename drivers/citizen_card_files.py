"""The way through a citizen card: select its application, read its two files, or find out what it is instead.

One decision: no secret is ever offered to a card. One that wants a PIN before it is read is told as such, because each
wrong try brings its owner nearer to a locked card.

Source: LD/T 32, LD/T 33; ISO 7816-4 for SELECT and READ RECORD; PC/SC part 3 for storage cards.
"""

from collections.abc import Iterator

from drivers.apdu import Apdu, Response, Transmit, exchange, select_name
from drivers.citizen_card_codec import (
    HOLDER_FILE,
    ISSUER_FILE,
    LENGTHS,
    REQUIRED,
    CitizenCard,
    parse_citizen_card,
    parse_record,
)
from drivers.citizen_card_kinds import CardKind, WrongCardError
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Fact, Facts, Reason

SSSE = "sx1.sh.社会保障".encode("gbk")
_FILES = ((0xEF05, ISSUER_FILE), (0xEF06, HOLDER_FILE))
_SELECT_FORMS = (0x02, 0x00)  # P1: the file below this application, or any file: cards take one, the other, or both
_BY_TAG, _BY_NUMBER = 0x00, 0x04  # P2 of READ RECORD on the selected file
_HEAD = 2  # tag and length
_LAST_RECORD = 10  # no card has more in these files

_WRONG_LENGTH = 0x6700
_NOT_FOUND = frozenset({0x6A83, 0x6A88})
_PROTECTED = frozenset({0x6982, 0x6983})
_LOCKED = frozenset({0x6283, 0x6A81, 0x9303})
_NO_SUCH_WAY = frozenset({0x6981, 0x6985, 0x6A80, 0x6A81, 0x6A82, 0x6A86, 0x6B00, 0x6D00})
"""Status words by which a card says that its records cannot be asked for in this way."""
_NO_APPLICATIONS = frozenset({0x6D00, 0x6E00, 0x6F00})

_STORAGE_ATR = bytes.fromhex("3B8F8001804F0CA00000030603")
_UID_SIZES = (4, 7, 10)
_GET_UID = Apdu(0xFF, 0xCA, 0x00, 0x00, le=0)  # answered by the reader, not by the card (PC/SC part 3)
_OTHER_APPLICATIONS = (
    *((CardKind.BANK, bytes.fromhex(f"A0000003330101{last}")) for last in ("01", "02", "03")),
    (CardKind.BANK, b"2PAY.SYS.DDF01"),
    (CardKind.BANK, b"1PAY.SYS.DDF01"),
    (CardKind.TRANSPORT, bytes.fromhex("A000000632010105")),
)
"""What else a card may be, asked in this order: a bank's card that also opens gates is a bank's card."""


def read_citizen_card(transmit: Transmit, atr: bytes) -> CitizenCard:
    """Return what the card says. `atr` is what it said when it got its power.

    Raises:
        WrongCardError: it is no citizen card, or a locked or damaged one.
        DeviceError: PIN_PROTECTED; INVALID_DATA when a record breaks its rule; and what `transmit` raises.
    """
    if atr.startswith(_STORAGE_ATR):
        raise WrongCardError(CardKind.STORAGE)
    _select_application(transmit)
    records: dict[int, bytes] = {}
    protected = False
    for file, tags in _FILES:
        _select_file(transmit, file)
        for answer in _records(transmit, tags, records):
            protected = protected or answer.status in _PROTECTED
    if protected and not records.keys() >= REQUIRED:
        detail = "the card gives its records only after a PIN; none was tried"
        raise DeviceError(CompletionCode.USER_ERROR, Reason.PIN_PROTECTED, ErrorAction.SUSPEND, detail)
    return parse_citizen_card(records)


def _select_application(transmit: Transmit) -> None:
    answer = exchange(transmit, select_name(SSSE))
    if answer.status == _WRONG_LENGTH:  # a card that wants to be told how much may come
        answer = exchange(transmit, Apdu(0x00, 0xA4, 0x04, 0x00, SSSE, le=0))
    if answer.status in _LOCKED:
        raise WrongCardError(CardKind.LOCKED, _status(answer), _fact(answer))
    if not answer.is_ok:
        raise WrongCardError(_kind(transmit, answer), _status(answer), _fact(answer))


def _kind(transmit: Transmit, refusal: Response) -> CardKind:
    """Find out what a card without the application is; `refusal` is how it answered the SELECT."""
    for kind, name in _OTHER_APPLICATIONS:
        if exchange(transmit, select_name(name)).is_ok:
            return kind
    if refusal.status in _NO_APPLICATIONS:
        uid = exchange(transmit, _GET_UID)
        if uid.is_ok and len(uid.data) in _UID_SIZES:
            return CardKind.STORAGE
    return CardKind.FOREIGN


def _select_file(transmit: Transmit, file: int) -> None:
    answer = Response(b"", 0)
    for form in _SELECT_FORMS:
        answer = exchange(transmit, Apdu(0x00, 0xA4, form, 0x00, file.to_bytes(2, "big")))
        if answer.is_ok:
            return
    raise WrongCardError(CardKind.DAMAGED, f"file {file:04X}: {_status(answer)}", _fact(answer))


def _records(transmit: Transmit, tags: tuple[int, ...], records: dict[int, bytes]) -> Iterator[Response]:
    """Put the records of the selected file into `records`, by tag or else by number; yield every answer."""
    for tag in tags:
        answer = _read_record(transmit, tag, _BY_TAG, LENGTHS[tag] + _HEAD)
        yield answer
        if answer.status in _NO_SUCH_WAY or not _keep(answer, (tag,), records):
            break
    if records.keys() >= REQUIRED & set(tags):
        return
    for number in range(1, _LAST_RECORD + 1):
        answer = _read_record(transmit, number, _BY_NUMBER, 0)
        yield answer
        if answer.status in _NOT_FOUND:
            return
        _keep(answer, tags, records)


def _read_record(transmit: Transmit, p1: int, p2: int, le: int) -> Response:
    answer = exchange(transmit, Apdu(0x00, 0xB2, p1, p2, le=le))
    if answer.status == _WRONG_LENGTH:
        answer = exchange(transmit, Apdu(0x00, 0xB2, p1, p2, le=0))
    if answer.is_ok or answer.status in _NOT_FOUND | _PROTECTED | _NO_SUCH_WAY:
        return answer
    raise WrongCardError(CardKind.DAMAGED, f"record {p1:02X}: {_status(answer)}", _fact(answer))


def _keep(answer: Response, wanted: tuple[int, ...], records: dict[int, bytes]) -> bool:
    """Keep a record that is wanted; return whether it was (what is not there, or protected, is no other record)."""
    if not answer.is_ok:
        return True
    tag, value = parse_record(answer.data)
    if tag in wanted:
        records.setdefault(tag, value)
    return tag in wanted


def _status(answer: Response) -> str:
    return f"SW {answer.status:04X}"


def _fact(answer: Response) -> Facts:
    return {Fact.STATUS_WORDS: f"{answer.status:04X}"}
