"""The voice that comes along: espeak-ng (Debian), a child process a sentence, whose WAV never leaves memory.

One decision: the text goes in by a pipe and the sound comes out by a memory file: neither is an argument that the list
of processes shows, nor a file on the disk (promise 2). Recorded sentences take the place of spoken ones.
"""

import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from kiosk.speech import Clip, Playing, VoiceError
from kiosk.speech_prompts import Prompts
from kiosk.speech_text import runs, sayable
from kiosk.words import LANGUAGES, Language, Words

PROGRAM = "espeak-ng"
# Debian 12's "cmn" reads its own dictionary's pinyin as English words; with this one Latin letters are pinyin.
_VOICES: Mapping[Language, str] = {"zh": "cmn-latn-pinyin", "en": "en-gb"}
_WORDS_A_MINUTE = 165
_FASTEST, _SLOWEST = 450, 80  # espeak-ng(1), -s
_SECONDS = 10.0  # for one sentence, which takes 0.05 s
_log = logging.getLogger(__name__)


class EspeakVoice:
    """Speaks by espeak-ng. `post` leads to the thread that calls it and that plays.

    Raises:
        VoiceError: espeak-ng is not installed.
    """

    def __init__(self, playing: Playing, post: Callable[[Callable[[], None]], None], prompts: Prompts) -> None:
        program = shutil.which(PROGRAM)
        if program is None:
            raise VoiceError(f"{PROGRAM} is not installed: apt-get install {PROGRAM}")
        self.rate, self.volume = 1.0, 1.0
        self._program = program
        self._playing = playing
        self._post = post
        self._prompts = prompts
        self._words = {language: Words(language) for language in LANGUAGES}
        self._turn = 0  # counts what was to be said; an earlier one is not wanted any more
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(1, "speech")

    def speak(self, text: str, language: Language) -> None:
        """Begin to say `text`, one sentence a line; what was being said ends."""
        self.stop()
        self._thread.submit(self._prepare, self._turn, text, language, self.rate, self.volume)

    def stop(self) -> None:
        """Be silent at once."""
        self._turn += 1
        child = self._child
        if child is not None:
            child.kill()
        self._playing.stop()

    def close(self) -> None:
        """Be silent for good."""
        self.stop()
        self._thread.shutdown(cancel_futures=True)

    def _prepare(self, turn: int, text: str, language: Language, rate: float, volume: float) -> None:
        """Make the sound of each sentence while those before are heard; on the voice's own thread."""
        for clip in self._clips(turn, text, language, rate):
            self._post(partial(self._heard, turn, clip, volume))

    def _clips(self, turn: int, text: str, language: Language, rate: float) -> Iterator[Clip]:
        for sentence in text.splitlines():
            recorded = self._prompts.of(sentence, language)
            if recorded is not None:
                yield Clip(recorded)
                continue
            for part, tongue in runs(sayable(sentence, self._words[language]), language):
                clip = self._synthesised(turn, part, tongue, rate)
                if clip is None:
                    return
                yield clip

    def _heard(self, turn: int, clip: Clip, volume: float) -> None:
        """Have a sentence played, unless something else is wanted by now."""
        if turn == self._turn:
            self._playing.add(clip, volume)
        else:
            clip.close()

    def _synthesised(self, turn: int, part: str, language: Language, rate: float) -> Clip | None:
        """Return the sound of a part of a sentence; None when it is not wanted any more, or could not be made."""
        clip = Clip()
        failed = self._written(turn, clip, part, language, rate)
        if failed is None and turn == self._turn:
            return clip
        if turn == self._turn:
            _log.error("the voice failed: %s", failed)
        clip.close()
        return None

    def _written(self, turn: int, clip: Clip, part: str, language: Language, rate: float) -> str | None:
        """Have the program write the clip; return why it did not, or None."""
        pace = min(max(round(_WORDS_A_MINUTE * rate), _SLOWEST), _FASTEST)
        try:
            child = subprocess.Popen(  # noqa: S603 - our own program; what it says comes by the pipe
                [self._program, "-v", _VOICES[language], "-s", str(pace), "-w", clip.path, "--stdin"],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                pass_fds=(clip.descriptor,),
            )  # fmt: skip
        except OSError as error:
            return error.strerror
        self._child = child
        if turn != self._turn:  # stopped before it could be seen
            child.kill()
        try:
            child.communicate(part.encode(), _SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return "no end"
        finally:
            self._child = None
        return None if child.returncode == 0 else f"exit code {child.returncode}"
