"""Search of the catalogue, a keystroke: what a resident types, letter by letter, over everything the centre serves."""

from collections.abc import Iterator
from functools import partial

from bench.figures import Figure, percentile, timed
from kiosk.catalogue import load
from kiosk.search import Search
from kiosk.words import ASSETS

TYPED = ("ylbx", "yanglao", "报户口", "pension", "canji", "营业执照", "zfgjj", "birth", "居住证", "xyz")
ROUNDS = 20


def _scan(texts: list[str], typed: str) -> list[str]:
    return [text for text in texts if typed in text]


def measure() -> Iterator[Figure]:
    """Yield the 99th percentile of one keystroke against a plain substring scan over the same services."""
    site = load(ASSETS / "catalogue").at_site("ZT-S00")
    search = Search(site)
    search.find("y")  # the index is made in the background of a kiosk's start
    texts = [f"{s.name} {s.name_en}".lower() for s in (*site.items.values(), *site.packages.values())]
    keystrokes = [word[: end + 1] for word in TYPED for end in range(len(word))] * ROUNDS
    ours = [timed(partial(search.find, text)) for text in keystrokes]
    plain = [timed(partial(_scan, texts, text)) for text in keystrokes]
    yield Figure.of("search_keystroke_p99", percentile(ours, 99), "ms", percentile(plain, 99), "value <= 5 ms")
    yield Figure.of("search_keystroke_p50", percentile(ours, 50), "ms", percentile(plain, 50), "value <= 5 ms")
