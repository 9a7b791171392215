"""Holds the words to plain language: how long a sentence may be, and which words a resident should never have to read.

`python -m kiosk.words_check` is a step of `run.py check`. Limits: a sentence (between full stops) of at most 40
Chinese characters or 25 English words. A parameter such as ``{page}`` counts as one.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from kiosk.words import ASSETS, LANGUAGES, Language, load_words

MOST = {"zh": 40, "en": 25}
# Rooms, and ends of keys, that only staff reads: a technician is told which port and which file.
STAFF_ROOMS = frozenset({"staff", "calibration", "selftest", "guides", "health"})
STAFF_KEYS = ("staff",)
JARGON: dict[Language, tuple[str, ...]] = {
    "zh": (
        "系统异常", "系统错误", "系统繁忙", "提交失败", "操作失败", "未知错误", "非法", "无效", "参数", "超时",
        "错误码", "错误代码", "异常", "校验", "必填项", "字段", "点击", "上传", "缓存", "接口", "服务器", "加载",
        "OCR", "API", "PDF", "JSON", "URL", "null", "NFC", "SAM", "终端", "登录失败", "重启",
    ),
    "en": (
        "error", "invalid", "null", "timeout", "timed out", "failed", "failure", "illegal", "fatal", "exception", "OCR",
        "API", "PDF", "JSON", "URL", "NFC", "SAM", "server", "upload", "cache", "click", "submission", "parameter",
        "mandatory", "terminal", "abort", "retry", "reboot", "authentication", "validate",
    ),
}  # fmt: skip
STAFF_JARGON: dict[Language, tuple[str, ...]] = {
    "zh": ("未知错误", "系统异常", "非法操作", "null"),
    "en": ("unknown error", "illegal", "fatal", "null", "abort", "something went wrong"),
}
_STOPS = {"zh": re.compile(r"[。？；：\n]"), "en": re.compile(r"[.?;:](?:\s|$)|\n")}
_PARAMETER = re.compile(r"\{[^{}]*\}")
_HAN = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+")  # a Latin word or a number among them counts as one
_WORD = re.compile(r"[A-Za-z0-9][\w'’.-]*")


def _for_staff(key: str) -> bool:
    room, *_, last = key.split(".")
    return room in STAFF_ROOMS or last in STAFF_KEYS


def _jargon(text: str, words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if word.isascii():  # whole words: "abort" is none in "abortive"
            found = re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text, re.IGNORECASE)
        else:
            found = re.search(re.escape(word), text)
        if found is not None:
            yield f"says {word!r}"


def sentence_faults(language: Language, key: str, text: str) -> Iterator[str]:
    """Yield what is wrong with one text, as a part of a sentence."""
    plain = _PARAMETER.sub("1", text)
    unit = _HAN if language == "zh" else _WORD
    for sentence in _STOPS[language].split(plain):
        count = len(unit.findall(sentence))
        if count > MOST[language]:
            yield f"a sentence of {count}, {MOST[language]} are read at a glance: {sentence.strip()[:30]}…"
    words = STAFF_JARGON if _for_staff(key) else JARGON
    yield from _jargon(plain, words[language])


def faults(folder: Path = ASSETS / "words") -> Iterator[str]:
    """Yield what is wrong with the words below `folder`, each with language, file and key.

    Raises:
        WordsError: a file cannot be read.
    """
    for language in LANGUAGES:
        for key, text in load_words(folder / language).items():
            room, _, name = key.partition(".")
            for fault in sentence_faults(language, key, text):
                yield f"assets/words/{language}/{room}.toml: {name}: {fault}"


def main() -> int:
    """Print every fault; return 1 if there is one."""
    found = list(faults())
    for fault in found:
        sys.stdout.write(f"{fault}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
