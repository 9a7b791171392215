"""Pictures from outside, made pixels: looked at before they are decoded, so that none costs more than it may.

One decision: what is not a JPEG or PNG of reasonable size is refused with a sentence, and what is torn too, rather
than shown half grey (`drivers.picture_size` reads its header).
"""

import cv2
import numpy as np

from drivers.picture_size import MOST_PIXELS, PictureError, ensure_size, picture_size
from kiosk.scan.geometry import Image

__all__ = ["MOST_BYTES", "MOST_PIXELS", "PictureError", "decode_picture", "picture_size"]

MOST_BYTES = 20 * 2**20


def decode_picture(data: bytes) -> Image:
    """Return a JPEG or PNG as pixels, uint8 BGR (h, w, 3).

    Raises:
        PictureError: it is too large, of another kind, torn or broken.
    """
    if len(data) > MOST_BYTES:
        raise PictureError(f"the picture has {len(data)} bytes, more than {MOST_BYTES}")
    width, height = ensure_size(data)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise PictureError("the picture cannot be decoded") from error
    if image is None or image.shape != (height, width, 3):
        raise PictureError("the picture cannot be decoded")
    return np.asarray(image, np.uint8)
