"""The alarm sound: a file of our own, played by the system's player in a child process."""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

from centerdesk.kernel.paths import resource

ALARM = ("sounds", "alarm.wav")
PLAYERS: tuple[tuple[str, ...], ...] = (("pw-play",), ("paplay",), ("aplay", "-q"))
"""Tried in this order: PipeWire, PulseAudio, plain ALSA."""
PLAY_SECONDS = 10.0

_RATE = 22_050
_TONES = ((880.0, 0.35), (660.0, 0.35), (880.0, 0.35), (660.0, 0.35), (988.0, 0.6))
"""Hz and seconds: two tones, twice, and a higher one; the level rises from a third to full."""


def play_alarm(players: Sequence[Sequence[str]] = PLAYERS) -> bool:
    """Play the alarm once and wait for its end; whether a sound device took it. Never raises."""
    try:
        path = resource(*ALARM)
    except OSError:
        return False
    if sys.platform == "win32":  # pragma: no cover - written after the winsound documentation, not run here
        return _play_windows(path)
    return any(_play(command, path) for command in players)


def _play(command: Sequence[str], path: Path) -> bool:
    program = shutil.which(command[0])
    if program is None:
        return False
    try:
        done = subprocess.run(
            [program, *command[1:], str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PLAY_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if sys.platform == "win32":  # pragma: no cover
    import winsound

    def _play_windows(path: Path) -> bool:
        try:
            winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
        except RuntimeError:
            return False
        return True

else:

    def _play_windows(_path: Path) -> bool:
        return False


def write_alarm(path: Path) -> None:
    """Make the sound file: 16 bit, mono. How the file in resources came about; a test compares."""
    total = sum(seconds for _, seconds in _TONES)
    frames = bytearray()
    started = 0.0
    for hertz, seconds in _TONES:
        count = int(_RATE * seconds)
        for n in range(count):
            level = 0.33 + 0.6 * (started + n / _RATE) / total
            edge = min(1.0, n / 220, (count - n) / 220)  # no click between the tones
            value = math.sin(2 * math.pi * hertz * n / _RATE) * level * edge
            frames += struct.pack("<h", int(32767 * value))
        started += seconds
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(bytes(frames))
