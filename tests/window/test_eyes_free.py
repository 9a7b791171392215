"""Whoever does not see: headphones, twelve real keys, and a real voice whose words and sound are both looked at.

The board's wire brings keys and headphones, espeak-ng makes the sound, and SDL plays it into a file.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from roles.processes import wait_until
from tests.window.conftest import one_kiosk
from tests.window.kiosk_window import DEVICES, PHONE, STROKES, Kiosk

SECONDS = 90.0
SPOKEN = 0.25  # s without another sentence: it has said what it had to say
SAMPLES_A_SECOND = 2 * 44100  # as SDL's mixer is opened: two channels of 16 bits
# Every text goes through this on its way to the real program.
ON_THE_WAY = """#!/bin/sh
text=$(cat)
printf '%s\\n' "$text" >> "$BUDAYANG_SPOKEN"
printf '%s' "$text" | /usr/bin/espeak-ng "$@"
"""


@dataclass
class Ear:
    """Somebody with headphones and a finger on the keypad."""

    kiosk: Kiosk
    spoken: Path
    sound: Path
    at: int = 0

    def heard(self) -> list[str]:
        """Wait until something is said and said to its end; return it."""
        wait_until("something is said", lambda: len(self.lines()) > self.at, SECONDS)
        lines, since = self.lines(), time.monotonic()
        while time.monotonic() < since + SPOKEN:
            if self.lines() != lines:
                lines, since = self.lines(), time.monotonic()
            time.sleep(0.02)
        new, self.at = lines[self.at :], len(lines)
        return new

    def lines(self) -> list[str]:
        """Return every text that was handed to the voice so far."""
        return self.spoken.read_text("utf-8").splitlines() if self.spoken.exists() else []

    def press(self, key: str) -> list[str]:
        """Press a key and return what is said."""
        self.kiosk.do("auxiliaries", "press", key=key)
        return self.heard()

    def find(self, words: str) -> None:
        """Go from thing to thing until these words are heard, and make sure that one is there."""
        until = time.monotonic() + SECONDS
        while not any(words in line for line in self.press("8")) or not self._is_at(words):
            assert time.monotonic() < until, f"{words} is not heard"

    def _is_at(self, words: str) -> bool:
        return any(words in line for line in self.press("0"))

    def hear(self, words: str, key: str) -> list[str]:
        """Press a key and listen until these words are heard; press again where nothing came of it."""
        before, until = self.kiosk.window.look().state, time.monotonic() + SECONDS
        said = self.press(key)
        while not any(words in line for line in said):
            assert time.monotonic() < until, f"{words} is not heard, but {said}"
            if len(self.lines()) > self.at:
                said += self.heard()
            elif self.kiosk.window.look().state == before:
                said += self.press(key)
            else:
                time.sleep(0.02)
        return said

    def loudest(self, seconds: float) -> int:
        """Return the loudest sample (0 to 32768) of the last seconds of sound."""
        size = self.sound.stat().st_size
        wanted = min(size, int(seconds * SAMPLES_A_SECOND) * 2)
        with self.sound.open("rb") as file:
            file.seek((size - wanted) // 2 * 2)
            samples = np.frombuffer(file.read(wanted // 2 * 2), "<i2")
        return int(np.abs(samples.astype(int)).max(initial=0))


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ear]:
    """A kiosk of its own, whose voice can be looked at."""
    folder = tmp_path_factory.mktemp("voice")
    program = folder / "espeak-ng"
    program.write_text(ON_THE_WAY)
    program.chmod(0o755)
    spoken, sound = folder / "spoken", folder / "sound.raw"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        environment.setenv("BUDAYANG_SPOKEN", str(spoken))
        environment.setenv("SDL_AUDIODRIVER", "disk")
        environment.setenv("SDL_DISKAUDIOFILE", str(sound))
        with one_kiosk() as kiosk:
            yield Ear(kiosk, spoken, sound)


@pytest.fixture
def ear(listening: Ear) -> Iterator[Ear]:
    """Somebody who plugs in at the first page; pulled out again at the end."""
    kiosk = listening.kiosk
    kiosk.window.wait_screen("attract")
    kiosk.until_well(*DEVICES)
    listening.at = len(listening.lines())
    kiosk.do("auxiliaries", "plug")
    yield listening
    kiosk.heal()
    kiosk.to_attract()


def test_headphones_pulled_out_in_the_middle_of_a_sentence_are_silent(ear: Ear) -> None:
    """Promises 2 and 7: it speaks to who plugs in, in both languages, and to nobody else."""
    said = ear.heard()
    assert any("插上了耳机" in line for line in said)
    assert any("For English" in line for line in said)
    wait_until("there is sound", lambda: ear.loudest(0.3) > 1000, SECONDS)
    ear.kiosk.do("auxiliaries", "unplug")
    pulled = time.monotonic()
    wait_until("it is silent", lambda: ear.loudest(0.3) == 0, SECONDS)
    assert time.monotonic() - pulled < 5  # what it had begun to say takes half a minute


def test_a_whole_visit_by_keys_and_ears(ear: Ear) -> None:
    """Promise 7: from the first page to the good-bye by twelve keys, the card and a finger's signature."""
    window = ear.kiosk.window
    assert any("插上了耳机" in line for line in ear.heard())
    ear.hear("想办什么事", "#")
    ear.find("城乡居民基本养老保险参保登记")
    ear.hear("一次交齐", "5")
    ear.hear("读您的卡之前", "#")
    ear.hear("请放身份证", "#")
    ear.kiosk.do("id_card", "put_card", card="wang")
    assert any("是您本人吗" in line for line in ear.heard())
    ear.find("王小明")
    ear.hear("您的手机号", "#")
    ear.kiosk.do("id_card", "lift_card")
    for digit in PHONE:
        assert ear.press(digit)[-1] == digit
    ear.hear("缴费", "#")
    ear.find("1000 元")
    ear.hear("已经选中", "5")
    ear.hear("户口簿", "#")
    ear.find("以后带到窗口")
    ear.hear("请签上名字", "5")
    ear.find("签字框在屏幕上")
    window.draw_in("signature", STROKES)
    ear.hear("再看一遍", "#")
    said = ear.hear("交好了", "#")
    window.wait_screen("receipt")
    log = ear.kiosk.log()
    assert not [line for line in [*said, "王小明", PHONE] if line in log and len(line) > 1]
