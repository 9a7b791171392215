"""What a visit held goes back to the machine when the visit is over, and what stands for good is left alone.

Pages are full of cycles (widget and canvas), so a page that is gone waits for the garbage collector, with the name that
stood on it (promise 2); and the C library keeps freed memory for each thread apart: a kiosk that never sleeps grew.
"""

import ctypes
import gc

# mallopt(3). Many arenas hold one visit's pictures each; what is mapped alone goes back the moment it is freed.
_M_ARENA_MAX, _ARENAS = -8, 2
_M_MMAP_THRESHOLD, _MAPPED_FROM = -3, 1 << 20  # bytes

# gc.set_threshold: whole rounds by themselves only where no pause comes, as on a page that is built again and again
_ROUNDS = (700, 10, 100)

_libc = ctypes.CDLL(None)


def prepare() -> None:
    """Tell the C library how to keep memory. Before threads are started; where it is not glibc, nothing is told."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(_M_ARENA_MAX, _ARENAS)
        _libc.mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM)


def settle() -> None:
    """Take what stands now out of the collector's rounds, and have whole rounds made in pauses (`tidy`).

    Walking through fonts, catalogue and search index holds the glass up for 0.2 s at every sixth touch otherwise, and a
    round that comes by itself comes while a page is built: 0.15 s, in the middle of a card that is shown.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_ROUNDS)


def tidy() -> None:
    """Collect what the page before left: some 30 ms, in a pause after each page."""
    gc.collect()


def sweep() -> None:
    """Collect what the last visit left and give the memory back: 20 to 40 ms, when nobody waits for the screen."""
    gc.collect()
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)
