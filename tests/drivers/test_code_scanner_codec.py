"""What a code scanner sends, as bytes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.code_scanner import CodeScannerOptions
from drivers.code_scanner_codec import LONGEST, Charset, Framing, Symbology, decode, parse_code
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason

FRAMINGS: tuple[Framing, ...] = ("cr", "lf", "crlf", "tab", "stx_etx")
ENDS = {
    "cr": (b"", b"\r"),
    "lf": (b"", b"\n"),
    "crlf": (b"", b"\r\n"),
    "tab": (b"", b"\t"),
    "stx_etx": (b"\x02", b"\x03"),
    "idle": (b"", b""),
}
MOST_KEPT = LONGEST + 2  # and its frame

contents = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(str.encode)


def framed(content: bytes, framing: Framing) -> bytes:
    before, behind = ENDS[framing]
    return before + content + behind


def feed(framing: Framing, *chunks: bytes) -> list[bytes]:
    """Decode as a driver does: buffer what is not done with, take every code."""
    buffer, found = b"", list[bytes]()
    for chunk in chunks:
        buffer += chunk
        while True:
            used, frame = decode(buffer, framing)
            assert 0 <= used <= len(buffer)
            buffer = buffer[used:]
            if frame is None:
                break
            found.append(frame)
        assert len(buffer) <= MOST_KEPT, "a decoder that keeps more than the longest code keeps too much"
    return found


def chopped(data: bytes, places: list[int]) -> list[bytes]:
    cuts = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[begin:end] for begin, end in pairwise(cuts)]


def error_of(frame: bytes, *, aim: bool = False, charset: Charset = "auto") -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        parse_code(frame, aim=aim, charset=charset)
    return caught.value


@pytest.mark.parametrize(
    ("framing", "published"),
    [
        ("cr", "36 39 30 31 32 33 34 35 36 37 38 39 32 0D"),
        ("lf", "36 39 30 31 32 33 34 35 36 37 38 39 32 0A"),
        ("crlf", "36 39 30 31 32 33 34 35 36 37 38 39 32 0D 0A"),
        ("tab", "36 39 30 31 32 33 34 35 36 37 38 39 32 09"),
        ("stx_etx", "02 36 39 30 31 32 33 34 35 36 37 38 39 32 03"),
    ],
)
def test_every_end_of_the_manuals_ends_a_code(framing: Framing, published: str) -> None:
    """Promise 3: an EAN-13, as scanners of every setting type it."""
    assert feed(framing, bytes.fromhex(published)) == [b"6901234567892"]


@given(st.sampled_from(FRAMINGS), st.lists(contents, max_size=5), st.lists(st.integers(0, 500), max_size=12))
def test_codes_are_found_however_they_are_chopped_or_glued(
    framing: Framing, codes: list[bytes], places: list[int]
) -> None:
    """Promise 3: a serial line keeps no message together, and none apart."""
    line = b"".join(framed(code, framing) for code in codes)
    assert feed(framing, *chopped(line, places)) == codes


@given(st.sampled_from(FRAMINGS), st.binary(max_size=300), st.lists(st.integers(0, 500), max_size=12))
def test_the_same_noise_is_the_same_codes_however_it_is_chopped(
    framing: Framing, noise: bytes, places: list[int]
) -> None:
    """Promise 4: what is a code never depends on how fast it came."""
    assert feed(framing, *chopped(noise, places)) == feed(framing, noise)


@given(st.sampled_from(FRAMINGS), st.binary(max_size=200), contents)
def test_a_code_behind_noise_is_found(framing: Framing, noise: bytes, code: bytes) -> None:
    """Promise 3: garbage costs at most the code it touches."""
    line = noise + framed(code, framing) + framed(code, framing)
    assert feed(framing, line)[-1] == code


@given(st.permutations([b"\x02one", b"\x03", b"\x02two\x03", b"\r\nthree\r", b"\x03\x02"]), st.sampled_from(FRAMINGS))
def test_pieces_out_of_their_order_make_no_code_that_was_not_framed(pieces: list[bytes], framing: Framing) -> None:
    """Promise 4: nothing is joined across an end."""
    for code in feed(framing, *pieces):
        assert b"".join(ENDS[framing][1:]) not in code
        assert code in b"".join(pieces)


@given(st.sampled_from(FRAMINGS), contents)
def test_a_code_that_broke_off_is_no_code(framing: Framing, code: bytes) -> None:
    """Promise 4: without its end nothing is known to be whole."""
    assert feed(framing, framed(code, framing)[:-1]) == []


def test_with_stx_a_code_that_broke_off_does_not_glue_to_the_next() -> None:
    """Promise 4: where a beginning is marked, the next one starts afresh."""
    assert feed("stx_etx", b"\x02half", b"\x02whole\x03") == [b"whole"]


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("step", [1, 977, 20000])
def test_a_code_too_long_is_dropped_whole(framing: Framing, step: int) -> None:
    """Promise 4: its last bytes do not pass for a code, and memory is bounded."""
    line = framed(b"7" * (LONGEST + 1), framing) + framed(b"next", framing)
    assert feed(framing, *(line[at : at + step] for at in range(0, len(line), step))) == [b"next"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_longest_code_is_whole(framing: Framing) -> None:
    """Promise 3: a QR code of 7089 digits is the largest there is."""
    line = framed(b"7" * LONGEST, framing)
    assert feed(framing, line[:-1], line[-1:]) == [b"7" * LONGEST]


def test_without_any_end_silence_ends_a_code() -> None:
    """Promise 6: and nothing else does."""
    assert decode(b"abc", "idle") == (0, None)
    assert decode(b"abc", "idle", silent=True) == (3, b"abc")
    assert decode(b"\x06\r\n", "idle", silent=True) == (3, None)
    assert decode(b"7" * (LONGEST + 1), "idle", silent=True) == (LONGEST + 1, None)
    assert decode(b"7" * 20000, "idle") == (20000 - LONGEST - 1, None)


def test_what_stands_between_codes_begins_none() -> None:
    """Promise 4: the rest of a longer suffix than configured, and the answer to a trigger, belong to no code."""
    assert feed("cr", b"\x06one\r\n", b"two\r\n\r\n") == [b"one", b"two"]
    assert feed("lf", b"one\r\n") == [b"one"]


@pytest.mark.parametrize(
    ("published", "symbology"),
    [
        ("]A0", Symbology.CODE_39),
        ("]C0", Symbology.CODE_128),
        ("]C1", Symbology.GS1_128),
        ("]E0", Symbology.EAN_UPC),
        ("]E4", Symbology.EAN_8),
        ("]L2", Symbology.PDF417),
        ("]Q1", Symbology.QR),
        ("]Q3", Symbology.GS1_QR),
        ("]d2", Symbology.DATA_MATRIX),
        ("]z0", Symbology.AZTEC),
        ("]h0", Symbology.HAN_XIN),
        ("]e0", Symbology.GS1_DATABAR),
        ("]X0", Symbology.OTHER),
    ],
)
def test_every_published_identifier_names_its_kind(published: str, symbology: Symbology) -> None:
    """Promise 4: ISO/IEC 15424's letters; the identifier is no part of the text."""
    code = parse_code(f"{published}12345".encode(), aim=True, charset="auto")
    assert (code.text, code.symbology, code.length) == ("12345", symbology, 5)


def test_an_identifier_is_text_where_none_was_promised() -> None:
    """Promise 4: a text may begin with a bracket."""
    code = parse_code(b"]Q3 stands in this text", aim=False, charset="auto")
    assert (code.text, code.symbology) == ("]Q3 stands in this text", None)


def test_a_missing_identifier_is_a_technicians_matter() -> None:
    """Promise 8: scanner and kiosk.toml are set differently."""
    error = error_of(b"12345", aim=True)
    assert (error.reason, error.action) == (Reason.GARBLED, ErrorAction.CONFIGURATION)


@pytest.mark.parametrize(
    ("frame", "charset", "text", "found"),
    [
        ("常熟市".encode(), "auto", "常熟市", "utf-8"),
        ("常熟市".encode("gb18030"), "auto", "常熟市", "gb18030"),
        ("𠮷".encode("gb18030"), "auto", "𠮷", "gb18030"),
        ("常熟市".encode("gb18030"), "gb18030", "常熟市", "gb18030"),
        (b"\x1d0106901234567892\x1d10A", "utf-8", "\x1d0106901234567892\x1d10A", "utf-8"),
    ],
)
def test_text_is_decided_strictly(frame: bytes, charset: Charset, text: str, found: str) -> None:
    """Promise 5: valid UTF-8, else valid GB 18030; GS1's separators belong to it."""
    code = parse_code(frame, aim=False, charset=charset)
    assert (code.text, code.charset, code.length) == (text, found, len(frame))


@pytest.mark.parametrize(
    ("frame", "charset", "reason"),
    [
        (b"\xff\xfe", "auto", Reason.CHARSET_DATA),
        ("常熟市".encode("gb18030"), "utf-8", Reason.CHARSET_DATA),
        (b"\x81", "gb18030", Reason.CHARSET_DATA),
        (b"S\0F\0M\0", "auto", Reason.GARBLED),
        (b"abc\x7f", "auto", Reason.GARBLED),
    ],
)
def test_what_is_no_text_is_refused_and_not_quoted(frame: bytes, charset: Charset, reason: Reason) -> None:
    """Promises 2 and 4: no replacement characters, and the error does not say what it was."""
    error = error_of(frame, charset=charset)
    assert (error.code, error.reason, error.action) == (CompletionCode.INVALID_DATA, reason, ErrorAction.SUSPEND)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not any(word in str(error) for word in ("abc", "x81", "SFM"))


def test_a_code_does_not_show_what_it_says() -> None:
    """Promise 2: not in a traceback, not in a log."""
    assert "SFM" not in repr(parse_code(b"SFM-1", aim=False, charset="auto"))


@pytest.mark.parametrize("gap", [0.0, 0.01, 60.0])
def test_a_gap_that_ends_every_code_or_none_is_refused(gap: float) -> None:
    """Promise 8: kiosk.toml is told wrong at the start, not by codes in pieces."""
    with pytest.raises(ValueError, match="a gap is between"):
        CodeScannerOptions(framing="idle", gap=gap)
