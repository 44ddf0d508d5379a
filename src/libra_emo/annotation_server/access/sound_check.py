"""The sound check: a person counts tones, so that it is known that clips can be heard."""

from __future__ import annotations

import io
import wave
from typing import Final

FEWEST, MOST = 2, 6
HERTZ: Final = 16_000
TONE_HERTZ: Final = 660.0
TONE_SECONDS: Final = 0.25
PAUSE_SECONDS: Final = 0.35
EDGE_SECONDS: Final = 0.02  # tones that begin at full loudness click
LOUDNESS: Final = 0.4


def make_tones(count: int) -> bytes:
    """Return a WAV file with so many tones."""
    import numpy as np

    times = np.arange(int(HERTZ * TONE_SECONDS)) / HERTZ
    edge = np.minimum(1.0, np.minimum(times, TONE_SECONDS - times) / EDGE_SECONDS)
    tone = LOUDNESS * edge * np.sin(2 * np.pi * TONE_HERTZ * times)
    pause = np.zeros(int(HERTZ * PAUSE_SECONDS))
    sound = np.concatenate([pause, *[part for _ in range(count) for part in (tone, pause)]])
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HERTZ)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return content.getvalue()
