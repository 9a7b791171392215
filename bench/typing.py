"""Writing Chinese, a key: from the touch to its candidates, against the same keys in librime alone."""

import time
from collections.abc import Iterator
from functools import partial

from bench.figures import Figure, percentile, timed
from kiosk.writing.child import Engine
from kiosk.writing.composing import PINYIN, SHARED, STAGING
from kiosk.writing.rime_api import Rime, RimeSession
from kiosk.writing.writer import Writer
from tests.kiosk.writing.strokes import WRITTEN

TYPED = (
    "changshushizhitangzhen", "wodeshenfenzhengdiule", "laopodeyibaozenmezhuan", "shuiguanloushuile", "wanglanlan",
    "csszt", "yi", "zhang", "jiangsushengchangshushizhitangzhenjiangxiangcun",
)  # fmt: skip
ROUNDS = 6
MOST = 160
LOAD_SECONDS = 60


def _bare(session: RimeSession, letter: str) -> None:
    session.key(letter)
    session.candidates(MOST)


def measure() -> Iterator[Figure]:
    """Yield what a key takes through the process that composes and in the bare library, a stroke by hand, the start."""
    writer = Writer()
    began = time.perf_counter()
    writer.start()
    while not writer.ready and time.perf_counter() - began < LOAD_SECONDS:
        time.sleep(0.005)
    start = (time.perf_counter() - began) * 1e3
    session = RimeSession(Rime(str(SHARED), str(STAGING)), PINYIN)
    ours, plain = list[float](), list[float]()
    for word in TYPED * ROUNDS:
        for letter in word:
            ours.append(timed(partial(writer.key, Engine.PINYIN, letter)))
            plain.append(timed(partial(_bare, session, letter)))
        writer.clear(Engine.PINYIN)
        session.clear()
    hand = [timed(partial(writer.recognise, WRITTEN["王"][:count])) for count in (1, 2, 3, 4) for _ in range(25)]
    writer.forget()
    floor = percentile(plain, 50)
    yield Figure.of("typing_key_p50", percentile(ours, 50), "ms", floor, "value <= 30 ms")
    yield Figure.of("typing_key_p99", percentile(ours, 99), "ms", percentile(plain, 99), "value <= 30 ms")
    yield Figure.of("typing_hand_p99", percentile(hand, 99), "ms", floor, "value <= 30 ms")
    yield Figure.of("typing_start", start, "ms", floor, "value <= 2000 ms")
