"""What a listener can tell of an mp3: that it decodes, how long it is, and that somebody speaks."""

from __future__ import annotations

import subprocess
from array import array

RATE_HZ = 22050


def samples(audio: bytes) -> array[int]:
    """The mp3 decoded by lame to 16-bit mono samples."""
    done = subprocess.run(
        ["lame", "--decode", "--quiet", "--mp3input", "-t", "-", "-"],
        input=audio,
        capture_output=True,
        check=True,
    )
    return array("h", done.stdout[: len(done.stdout) // 2 * 2])


def seconds(audio: bytes) -> float:
    """How long it takes to hear it."""
    return len(samples(audio)) / RATE_HZ


def loud(audio: bytes) -> float:
    """Share of the samples that are not silence."""
    heard = samples(audio)
    return sum(abs(sample) > 300 for sample in heard) / len(heard)
