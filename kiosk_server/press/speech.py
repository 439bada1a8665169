"""The voice: espeak-ng reads pinyin, lame makes it small. Both are Debian's, joined by a pipe.

Nothing of what is said touches the disk here: the synthesiser writes into a pipe, the encoder
reads from it, the finished mp3 stays in memory. What may be kept is kept by the caller's word.
"""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import TYPE_CHECKING, Final

from kiosk_server.press.errors import SpeechBroken
from kiosk_server.press.fonts_cache import write_whole
from kiosk_server.press.pronounce import pinyin

if TYPE_CHECKING:
    from boards.model.speech.spoken import Speech

ESPEAK: Final = ("-v", "cmn-latn-pinyin", "-s", "170", "-b", "1", "--stdin", "--stdout")
LAME: Final = ("--quiet", "-m", "m", "-b", "32", "--cbr", "-", "-")
PATIENCE_S: Final = 20.0  # ten minutes of speech take about four
CHILD_CPU_S: Final = 15
CHILD_BYTES: Final = 512 << 20
ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8"}


def say(tools: tuple[str, str], speech: Speech, kept: str) -> bytes:
    """Make the mp3 of a speech with espeak-ng and lame; written to the file `kept` unless that is ""."""
    audio = voiced(tools, pinyin(speech))
    if kept:
        with suppress(OSError):  # with a full disk the speech is only not kept
            Path(kept).parent.mkdir(parents=True, exist_ok=True)
            write_whole(Path(kept), audio)
    return audio


def voiced(tools: tuple[str, str], syllables: str) -> bytes:
    """Mp3, 32 kb/s mono, of a line of pinyin; SpeechBroken when a child dies, hangs or says nothing."""
    try:
        with (
            Popen((tools[0], *ESPEAK), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT) as espeak,
            Popen(
                (tools[1], *LAME), stdin=espeak.stdout, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT
            ) as lame,
        ):
            audio = _through(espeak, lame, syllables.encode())
    except OSError as error:
        raise SpeechBroken(reason=os.strerror(error.errno or 0)) from None
    if espeak.returncode or lame.returncode or not audio:
        raise SpeechBroken(reason=f"espeak-ng {espeak.returncode}, lame {lame.returncode}")
    return audio


def _through(espeak: Popen[bytes], lame: Popen[bytes], line: bytes) -> bytes:
    """A child that runs wild meets its end; one that has ended already needs no bound."""
    for child in (espeak, lame):
        with suppress(ProcessLookupError):
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (CHILD_CPU_S, CHILD_CPU_S))
            resource.prlimit(child.pid, resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    try:
        if espeak.stdin and espeak.stdout:
            espeak.stdout.close()  # lame alone holds the reading end: when it dies, espeak-ng ends too
            with suppress(BrokenPipeError), espeak.stdin as mouth:
                mouth.write(line + b"\n")
        return lame.communicate(timeout=PATIENCE_S)[0]
    except TimeoutExpired:
        espeak.kill()
        lame.kill()
        return b""
