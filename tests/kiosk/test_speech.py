"""Speech: what is said of a sentence, which recordings stand for it, and the voice that comes along."""

import os
import queue
import stat
import subprocess
import wave
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from kiosk.config import ConfigError, load
from kiosk.speech import RATES, VOLUMES, Clip, VoiceError, Wish
from kiosk.speech_espeak import EspeakVoice
from kiosk.speech_prompts import Prompts
from kiosk.speech_text import runs, same_sound, sayable
from kiosk.words import LANGUAGES, Language, Words
from tests.drivers.helpers import eventually

ROOT = Path(__file__).resolve().parents[2]
NUMBER = "32059919850712001X"
SECRET = "王小明，您好"


class Played:
    """Who plays: keeps how long each clip is, in s, and how loud; no sound card is needed for that."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, float]] = []
        self.files: list[str] = []
        self.stops = 0

    def add(self, clip: Clip, volume: float) -> None:
        """Measure it, and close it."""
        with wave.open(clip.path, "rb") as sound:
            self.heard.append((sound.getnframes() / sound.getframerate(), volume))
        self.files.append(clip.path)
        clip.close()

    def stop(self) -> None:
        """Count it."""
        self.stops += 1


class Desk:
    """One thread's post: what is posted happens when a test looks."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def work(self) -> None:
        """Do what was posted."""
        while not self.jobs.empty():
            self.jobs.get()()


@pytest.fixture
def played() -> Played:
    """Who plays."""
    return Played()


@pytest.fixture
def desk() -> Desk:
    """Whose thread it is."""
    return Desk()


@pytest.fixture
def voice(played: Played, desk: Desk) -> Iterator[EspeakVoice]:
    """The real program."""
    voice = EspeakVoice(played, desk.jobs.put, Prompts())
    yield voice
    voice.close()


def heard(played: Played, desk: Desk, count: int) -> bool:
    desk.work()
    return len(played.heard) >= count


@pytest.mark.parametrize(
    ("language", "sentence", "said"),
    [
        ("zh", f"号码 {NUMBER}", "号码 3 2 0 5 9 9 1 9 8 5 0 7 1 2 0 0 1 X"),
        ("zh", "320599 19850712 001X", "3 2 0 5 9 9, 1 9 8 5 0 7 1 2, 0 0 1 X"),
        ("en", "Case ZT-K01-261124-00001-J", "Case Z T, K 0 1, 2 6 1 1 2 4, 0 0 0 0 1, J"),
        ("zh", "验证码 7K3M9QXD", "验证码 7 K 3 M 9 Q X D"),
        ("zh", "138 0000 5678", "1 3 8, 0 0 0 0, 5 6 7 8"),
        ("zh", "每年 1000 元，要 3 份", "每年 1000 元，要 3 份"),
        ("zh", "2038.06.01 止", "2038年6月1日 止"),
        ("en", "Born 1985-07-12", "Born 12 July 1985"),
        ("zh", "今天 06:00 开放，03:07 交件", "今天 6点整 开放，3点07分 交件"),
        ("zh", "3205**********001X", "3 2 0 5，隐去 10 位，0 0 1 X"),
        ("zh", "王**", "王，隐去 2 位，"),
        ("en", "OCR and 24 hours", "OCR and 24 hours"),
        ("zh", "2026.13.45", "2026.13.45"),
    ],
)
def test_numbers_are_said_digit_by_digit_and_dates_as_dates(language: Language, sentence: str, said: str) -> None:
    """Promise 7: a number that is read as a quantity is heard wrongly."""
    assert sayable(sentence, Words(language)) == said


def test_a_rare_character_is_said_by_its_code_and_by_what_is_known() -> None:
    """Promise 5: no look-alike, no silence: how it sounds where that is known, and its code in any case."""
    known, unknown = sayable("\u4dae", Words("zh")), sayable("\ue863", Words("zh"))
    assert "读音同" in known
    assert "4 D A E" in known
    assert "读音不知道" in unknown
    assert "E 8 6 3" in unknown
    assert "2 0 1 6 4" in sayable("王\U00020164", Words("en"))
    assert sayable("王小明", Words("zh")) == "王小明"
    assert same_sound("镕") == "戎"


def test_each_language_is_said_by_its_own_tongue() -> None:
    """Promise 7: a Chinese name on an English page, an English word on a Chinese one."""
    assert list(runs("Name 王小明, yes", "en")) == [("Name", "en"), ("王小明", "zh"), (", yes", "en")]
    assert list(runs("按 3 说 English please。", "zh")) == [("按 3 说", "zh"), ("English please", "en")]
    assert list(runs("X 和 7", "zh")) == [("X 和 7", "zh")]
    assert list(runs("……", "zh")) == []


def test_pace_and_loudness_have_ends_and_never_silence() -> None:
    """Promise 7: no key press makes it fall silent for good."""
    wish = Wish()
    assert (wish.rate, wish.volume) == (1.0, VOLUMES[3])
    for _ in range(20):
        wish.faster(1)
        wish.louder(-1)
    assert (wish.rate, wish.volume) == (RATES[-1], VOLUMES[0])
    assert wish.volume > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_voice_makes_real_sound_of_each_sentence(
    language: Language, voice: EspeakVoice, played: Played, desk: Desk
) -> None:
    """Promise 7: espeak-ng speaks both languages, one clip after the other, at the loudness that was asked for."""
    voice.volume = 0.4
    voice.speak("\n".join(Words(language).say(f"speech.{key}") for key in ("welcome", "keys")), language)
    eventually(lambda: heard(played, desk, 2))
    assert all(seconds > 1 and volume == 0.4 for seconds, volume in played.heard)


def test_a_faster_pace_is_a_shorter_sound(voice: EspeakVoice, played: Played, desk: Desk) -> None:
    """Promise 7: who listens all day listens fast."""
    for number, rate in enumerate((0.6, 2.1), 1):
        voice.rate = rate
        voice.speak(Words("zh").say("speech.keys"), "zh")
        eventually(partial(heard, played, desk, number))
    slow, fast = (seconds for seconds, _ in played.heard)
    assert slow > 2 * fast


def test_what_is_stopped_is_not_heard(voice: EspeakVoice, played: Played, desk: Desk) -> None:
    """Promise 7: any key ends a sentence, one that is still being made, too; then the next is said."""
    voice.speak("\n".join(["一二三四五六七八九十。" * 30] * 20), "zh")
    voice.stop()
    voice.speak("好。", "zh")
    eventually(lambda: heard(played, desk, 1))
    assert played.heard[0][0] < 3
    assert played.stops >= 3


def test_nothing_that_is_said_is_an_argument_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: Played, desk: Desk
) -> None:
    """Promise 2: the list of processes does not show it, the disk does not keep it, and the memory is given back."""
    program, arguments = tmp_path / "espeak-ng", tmp_path / "arguments"
    program.write_text(f'#!/bin/sh\necho "$@" >> {arguments}\nexec /usr/bin/espeak-ng "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    voice = EspeakVoice(played, desk.jobs.put, Prompts())
    voice.speak(f"{SECRET}\n{NUMBER}", "zh")
    eventually(lambda: heard(played, desk, 2))
    voice.close()
    told = arguments.read_text("utf-8")
    assert "--stdin" in told
    assert not any(part in told for part in (SECRET, NUMBER, "3 2 0"))
    assert all(path.startswith("/proc/self/fd/") for path in played.files)
    assert not [each for each in Path("/proc/self/fd").iterdir() if _is_speech(each)]


def _is_speech(descriptor: Path) -> bool:
    return descriptor.is_symlink() and "memfd:speech" in str(descriptor.readlink())


def test_a_failing_voice_is_told_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, played: Played, desk: Desk
) -> None:
    """Promises 2 and 8: the log has the exit code and nothing of what was to be said."""
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\ncat > /dev/null\nexit 3\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    voice = EspeakVoice(played, desk.jobs.put, Prompts())
    voice.speak(SECRET, "zh")
    eventually(lambda: "exit code 3" in caplog.text)
    voice.close()
    assert SECRET not in caplog.text
    assert not played.heard


def test_a_kiosk_without_the_program_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, played: Played, desk: Desk
) -> None:
    """Promise 8: who must act is told what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match="apt-get install espeak-ng"):
        EspeakVoice(played, desk.jobs.put, Prompts())


def test_a_recorded_sentence_takes_the_place_of_a_spoken_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, played: Played, desk: Desk
) -> None:
    """Promise 7: a site records what it likes, by the words' keys; a name that is none is told."""
    folder = tmp_path / "zh"
    folder.mkdir()
    for key in ("speech.last", "speech.no_such", "speech.step"):
        subprocess.run(["/usr/bin/espeak-ng", "-w", str(folder / f"{key}.wav"), "one two"], check=True)
    prompts = Prompts(tmp_path)
    assert len(prompts) == 1
    assert "speech.no_such.wav" in caplog.text
    voice = EspeakVoice(played, desk.jobs.put, prompts)
    voice.speak(f"{Words('zh').say('speech.last')}\n{Words('zh').say('speech.first')}", "zh")
    eventually(lambda: heard(played, desk, 2))
    voice.close()
    assert played.files[0] == str(folder / "speech.last.wav")


def test_a_folder_of_recordings_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    """Promise 8: the line, the key, and what is wrong with it."""
    config = tmp_path / "kiosk.toml"
    shipped = (ROOT / "kiosk.toml").read_text("utf-8")
    config.write_text(shipped + '\n[speech]\nprompts = "recorded"\n', "utf-8")
    with pytest.raises(ConfigError, match=r"speech\.prompts: there is no such folder"):
        load(config)
    (tmp_path / "recorded").mkdir()
    assert load(config).speech.prompts == tmp_path / "recorded"
