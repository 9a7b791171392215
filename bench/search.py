"""Search of the catalogue, a keystroke: what a resident types, letter by letter, over everything the centre serves."""

from collections.abc import Iterator
from functools import partial

from bench.figures import Figure, percentile, timed
from kiosk.catalogue import load
from kiosk.search import Search
from kiosk.words import ASSETS

TYPED = (
    "ylbx", "yanglao", "报户口", "pension", "canji", "营业执照", "zfgjj", "birth", "居住证", "xyz", "老婆的医保怎么转",
    "laopodeyibaozenmezhuan", "shibaoka diule", "养老bx", "我是外地来打工的，小孩能在这里上学吗",
    "transfer medical insurrance",
)  # fmt: skip
ROUNDS = 10


def _scan(texts: list[str], typed: str) -> list[str]:
    return [text for text in texts if typed in text]


def measure() -> Iterator[Figure]:
    """Yield the 99th percentile of one keystroke against a plain substring scan over the same services."""
    site = load(ASSETS / "catalogue").at_site("ZT-S00")
    search = Search(site)
    search.warm()  # a kiosk does so beside its first page
    texts = [f"{s.name} {s.name_en}".lower() for s in (*site.items.values(), *site.packages.values())]
    keystrokes = [word[: end + 1] for word in TYPED for end in range(len(word))]
    for text in keystrokes:
        search.find(text)
    ours = [timed(partial(search.find, text)) for text in keystrokes * ROUNDS]
    plain = [timed(partial(_scan, texts, text)) for text in keystrokes * ROUNDS]
    yield Figure.of("search_keystroke_p99", percentile(ours, 99), "ms", percentile(plain, 99), "value <= 5 ms")
    yield Figure.of("search_keystroke_p50", percentile(ours, 50), "ms", percentile(plain, 50), "value <= 5 ms")
