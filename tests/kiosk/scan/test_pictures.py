"""Pictures from outside: JPEGs and PNGs of any kind of mischief."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.camera_source import SourceFault, Wanted
from drivers.camera_sources import open_source
from drivers.errors import Reason
from kiosk.scan.pictures import MOST_BYTES, MOST_PIXELS, PictureError, decode_picture, picture_size


def picture(suffix: str = ".jpg", width: int = 40, height: int = 30, *flags: int) -> bytes:
    ramp = np.linspace(0, 255, width * height * 3).astype(np.uint8).reshape(height, width, 3)
    return cv2.imencode(suffix, ramp, list(flags))[1].tobytes()


JPEG, PNG = picture(), picture(".png")


def claiming(width: int, height: int) -> bytes:
    """Return a small JPEG that says it is as large as that."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]


def png_bomb(width: int, height: int) -> bytes:
    """Return a PNG whose header says it is as large as that."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = PNG[:8] + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return start + PNG[len(start) :]


@pytest.mark.parametrize(
    "data",
    [JPEG, picture(".jpg", 40, 30, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), PNG],
    ids=["jpeg", "progressive", "png"],
)
def test_a_picture_is_decoded_as_large_as_it_says(data: bytes) -> None:
    """Promise 4: nothing is turned, cut or scaled on the way."""
    assert picture_size(data) == (40, 30)
    assert decode_picture(data).shape == (30, 40, 3)


def test_a_grey_picture_is_given_in_colour() -> None:
    """Promise 3: whoever takes pictures takes one kind."""
    data = cv2.imencode(".jpg", np.full((20, 10), 128, np.uint8))[1].tobytes()
    assert decode_picture(data).shape == (20, 10, 3)


@pytest.mark.parametrize(
    "data", [claiming(65535, 65535), claiming(10000, 5001), png_bomb(60000, 60000), claiming(0, 9)]
)
def test_a_picture_that_claims_to_be_huge_is_not_decoded(data: bytes) -> None:
    """Promise 3: no small file fills the memory."""
    with pytest.raises(PictureError, match=str(MOST_PIXELS)):
        decode_picture(data)


def test_a_file_that_is_too_large_is_not_even_looked_at() -> None:
    """Promise 3: bytes have an end."""
    with pytest.raises(PictureError, match=str(MOST_BYTES)):
        decode_picture(JPEG + bytes(MOST_BYTES))


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(40), b"%PDF-1.7", b"BM" + bytes(60), b"<svg/>", bytes(100)])
def test_what_is_neither_jpeg_nor_png_is_refused_by_its_first_bytes(data: bytes) -> None:
    """Promise 4: a name proves nothing."""
    with pytest.raises(PictureError, match="no JPEG and no PNG"):
        decode_picture(data)


@pytest.mark.parametrize("data", [JPEG, PNG], ids=["jpeg", "png"])
@settings(max_examples=60, deadline=None)
@given(cut=st.floats(0.0, 0.999))
def test_a_torn_picture_is_refused_wherever_it_is_torn(data: bytes, cut: float) -> None:
    """Promise 4: a page that is half grey does not pass for a page."""
    with pytest.raises(PictureError):
        decode_picture(data[: int(len(data) * cut)])


@pytest.mark.parametrize("data", [JPEG, PNG], ids=["jpeg", "png"])
@settings(max_examples=150, deadline=None)
@given(where=st.integers(0, 10**6), what=st.binary(min_size=1, max_size=12))
def test_a_spoilt_picture_is_a_picture_or_an_error_never_more(data: bytes, where: int, what: bytes) -> None:
    """Promise 3: no bytes end the program or take more memory than the limit."""
    at = where % len(data)
    spoilt = data[:at] + what + data[at + len(what) :]
    try:
        image = decode_picture(spoilt)
    except PictureError:
        return
    assert image.dtype == np.uint8
    assert image.shape[0] * image.shape[1] <= MOST_PIXELS


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", PNG[:16]]))
def test_any_bytes_are_answered(data: bytes, start: bytes) -> None:
    """Promise 3: rubbish is refused with a sentence."""
    with pytest.raises(PictureError):
        decode_picture(start + data)


@pytest.mark.parametrize("data", [claiming(65535, 65535), png_bomb(60000, 60000), JPEG[: len(JPEG) // 2] + JPEG[-2:]])
def test_a_bomb_or_a_torn_file_in_the_cameras_folder_is_a_fault_of_the_camera(data: bytes, tmp_path: Path) -> None:
    """Promise 3: what somebody copies there is refused in words, before it fills the memory; the next is looked at."""
    name = "page.png" if data.startswith(PNG[:8]) else "page.jpg"
    (tmp_path / name).write_bytes(data)
    source = open_source(str(tmp_path), Wanted(40, 30, 1000.0))
    try:
        with pytest.raises(SourceFault, match=name) as refused:
            source.read()
        assert refused.value.reason is Reason.GARBLED
        (tmp_path / name).unlink()
        (tmp_path / "page.jpg").write_bytes(JPEG)
        assert source.read().shape == (30, 40, 3)
    finally:
        source.close()
