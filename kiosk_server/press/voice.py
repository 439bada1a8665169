"""Who reads aloud: a recording where there is one, else the synthesiser in the press process.

A voice pack is a folder of the county or the operator (`voice_dir` in kiosk.toml). Each recording
is an mp3 with its words, so that it is never played for words that have changed since:

    <40 hex digits>.mp3            named by `recording_name(words)` of the words as they are said
    anything.mp3 + anything.txt    the text file has the words, as they are said or as they are written

Public speech is kept on disk, bounded; personal speech only passes through memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from boards.model.speech.spoken import PAUSES, Speech, capped, spoken, words
from kiosk_server.press.errors import SpeechBusy, SpeechMissing
from kiosk_server.press.finished import sweep

MANNER: Final = "espeak-ng cmn-latn-pinyin 170, lame 32 mono, 2"  # raise it when the voice changes
NAME_DIGITS: Final = 40
KEPT_BYTES: Final = 48 << 20
KEPT_FILES: Final = 400
MOST_WAITING: Final = 8
LARGEST_RECORDING_BYTES: Final = 16 << 20


class Voice:
    """Speech in, mp3 out."""

    def __init__(
        self, folder: Path, voice_dir: Path | None, perform: Callable[..., Awaitable[object]]
    ) -> None:
        """Look once what is here. `perform` has a verb done in the press process."""
        self._folder = folder
        self._perform = perform
        self._tools = tools()
        self._recorded = recordings(voice_dir) if voice_dir else {}
        self._speaking: dict[Path, asyncio.Task[bytes]] = {}
        self._waiting = 0

    @property
    def can_speak(self) -> bool:
        """Whether this machine can play speech."""
        return bool(self._tools or self._recorded)

    @property
    def described(self) -> str:
        """For the doctor: what speaks here."""
        synthesiser = "espeak-ng 和 lame 齐全" if self._tools else "没有 espeak-ng 或 lame"
        return f"{synthesiser}，录音 {len(self._recorded)} 段"

    async def say(self, speech: Speech, *, personal: bool) -> bytes:
        """Give the mp3 of a speech; raises SpeechMissing, SpeechBroken, SpeechBusy, PressBroken."""
        speech = capped(speech)
        recorded = self._recorded.get(recording_name(words(speech)))
        if recorded:
            with suppress(OSError):  # taken away since the start: the synthesiser steps in
                return await asyncio.to_thread(recorded.read_bytes)
        if not self._tools:
            raise SpeechMissing
        return await (self._spoken(speech, None) if personal else self._kept(speech))

    async def _kept(self, speech: Speech) -> bytes:
        name = hashlib.sha256(msgspec.json.encode((MANNER, speech))).hexdigest()[:NAME_DIGITS]
        path = self._folder / f"{name}.mp3"
        with suppress(OSError):
            os.utime(path)
            return await asyncio.to_thread(path.read_bytes)
        if path not in self._speaking:
            self._speaking[path] = asyncio.create_task(self._spoken(speech, path))
        return await asyncio.shield(self._speaking[path])  # a visitor who leaves does not stop it for others

    async def _spoken(self, speech: Speech, path: Path | None) -> bytes:
        try:
            if self._waiting >= MOST_WAITING:
                raise SpeechBusy
            self._waiting += 1
            try:
                audio = await self._perform("say", self._tools, speech, str(path or ""))
            finally:
                self._waiting -= 1
        finally:
            if path:
                self._speaking.pop(path, None)
        if path:
            sweep(self._folder, KEPT_BYTES, KEPT_FILES)
        return msgspec.convert(audio, bytes)


def tools() -> tuple[str, str] | None:
    """Where espeak-ng and lame are; None unless both are here."""
    espeak, lame = shutil.which("espeak-ng"), shutil.which("lame")
    return (espeak, lame) if espeak and lame else None


def recording_name(said: str) -> str:
    """The name of a recording of these words, written or said, without `.mp3`."""
    return hashlib.sha256(spoken(said).rstrip(PAUSES).encode()).hexdigest()[:NAME_DIGITS]


def recordings(voice_dir: Path) -> dict[str, Path]:
    """The recordings of a voice pack by the name of their words; empty and huge files are left alone."""
    found: dict[str, Path] = {}
    for path in sorted(voice_dir.glob("*.mp3")):
        with suppress(OSError, UnicodeDecodeError):
            if not 0 < path.stat().st_size <= LARGEST_RECORDING_BYTES:
                continue
            beside = path.with_suffix(".txt")
            said = recording_name(beside.read_text("utf-8").strip()) if beside.exists() else path.stem
            found.setdefault(said, path)
    return found
