"""A voice-like sound: glottal pulses through the formants of vowel-like syllables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from libra_emo.sample.actors import Actor
from libra_emo.sample.options import ActedOptions

Sound = npt.NDArray[np.float64]

VOWELS = (  # the first three formants of an average adult, hertz
    (730, 1090, 2440),
    (530, 1840, 2480),
    (300, 2240, 2900),
    (570, 840, 2410),
    (320, 900, 2240),
    (500, 1450, 2400),
    (660, 1720, 2410),
)
BANDWIDTHS = (80, 110, 160)
SPEECH_PAUSE = 0.12  # share of silence in calm speech
ROOM_LEVEL = 0.0006
CALM_LEVEL = 0.06  # root mean square of a calm voice
BREATH_LEVEL = 0.6  # level of full breathiness relative to the voice; half of it is 10 dB below
QUIET_EDGE_S = 0.12  # silence at both ends of a scene


@dataclass(frozen=True)
class SpeakingStyle:
    """How a scene is spoken, as absolute values of the quantities in drawn_voices.yml."""

    hertz: float
    range_semitones: float
    level_db: float
    syllables_per_second: float
    pause_share: float
    breathiness: float
    tension: float
    roughness: float
    tremor: float
    contour_semitones: float


def draw_speaking_style(
    rng: np.random.Generator,
    actor: Actor,
    offsets: Mapping[str, float],
    intensity: float,
    cues: ActedOptions,
) -> SpeakingStyle:
    """Return how an actor speaks in a scene: the calm voice, changed by label and by chance."""

    def shifted(name: str, calm: float, stray: float) -> float:
        felt = calm + intensity * (offsets.get(name, calm) - calm)
        return felt + 10 * cues.scene_noise * stray * float(np.clip(rng.normal(), -2, 2))

    semitones = shifted("pitch_semitones", 0, 0.9)
    return SpeakingStyle(
        hertz=actor.base_hertz * 2 ** (semitones / 12),
        range_semitones=1.7 * max(0.3, shifted("pitch_range", 1, 0.12)),
        level_db=actor.loudness_db + shifted("energy_db", 0, 1.2),
        syllables_per_second=actor.pace * max(0.5, shifted("pace", 1, 0.06)),
        pause_share=float(np.clip(SPEECH_PAUSE + shifted("pause_share", 0, 0.03), 0.02, 0.5)),
        breathiness=float(np.clip(actor.breathiness + shifted("breathiness", 0, 0.06), 0, 0.8)),
        tension=float(np.clip(shifted("tension", 0, 0.1), -1, 1)),
        roughness=float(np.clip(shifted("roughness", 0, 0.05), 0, 1)),
        tremor=float(np.clip(shifted("tremor", 0, 0.05), 0, 1)),
        contour_semitones=shifted("contour_semitones", 0, 0.6),
    )


def synthesise_speech(
    rng: np.random.Generator, style: SpeakingStyle, tract: float, seconds: float, hertz: int
) -> Sound:
    """Return the sound of a scene, mono, between -1 and 1.

    Args:
        rng: Random generator of the scene.
        style: How the scene is spoken.
        tract: Factor on the formants; a shorter vocal tract has higher formants.
        seconds: Length of the scene; speech fills it except for short silences at both ends.
        hertz: Sample rate.
    """
    sound = np.zeros(round(seconds * hertz))
    for start, end, position in _syllables(rng, style, seconds):
        first, last = round(start * hertz), round(end * hertz)
        sound[first:last] += _synthesise_syllable(
            rng, style, tract, last - first, position, start, hertz
        )
    loud = np.sqrt(np.mean(sound**2)) or 1.0
    spoken = CALM_LEVEL * 10 ** (style.level_db / 20)
    sound = sound / loud * spoken + ROOM_LEVEL * rng.normal(size=len(sound))
    return np.asarray(np.clip(sound, -0.98, 0.98))


def loudness(sound: Sound, frames: int) -> Sound:
    """Return the loudness during each video frame, 0 to 1, which moves the mouth."""
    edges = np.linspace(0, len(sound), frames + 1).astype(int)
    energy = np.add.reduceat(sound**2, edges[:-1]) / np.diff(edges)
    return np.asarray(np.sqrt(energy) / (np.sqrt(energy).max() + 1e-9))


def _syllables(
    rng: np.random.Generator, style: SpeakingStyle, seconds: float
) -> list[tuple[float, float, float]]:
    """Return start, end and relative position in the utterance (0 to 1) of each syllable."""
    length = 1 / style.syllables_per_second
    spans = []
    now = QUIET_EDGE_S + rng.uniform(0, 0.15)
    until_pause = int(rng.integers(4, 8))
    while now + length < seconds - QUIET_EDGE_S:
        own = length * float(rng.uniform(0.8, 1.2))
        end = min(now + own, seconds - QUIET_EDGE_S)
        spans.append((now, end))
        now = end
        until_pause -= 1
        if until_pause == 0:
            words = int(rng.integers(4, 8))
            now += words * length * style.pause_share / (1 - style.pause_share)
            until_pause = words
    total = spans[-1][1] if spans else 1.0
    return [(start, end, (start + end) / 2 / total) for start, end in spans]


def _synthesise_syllable(
    rng: np.random.Generator,
    style: SpeakingStyle,
    tract: float,
    samples: int,
    position: float,
    start: float,
    hertz: int,
) -> Sound:
    times = np.arange(samples) / hertz
    accent = style.range_semitones * float(np.clip(rng.normal(), -2, 2))
    glide = style.range_semitones * rng.uniform(-0.5, 0.5) * np.linspace(-1, 1, samples)
    decline = (style.contour_semitones - 1.0) * (position - 0.5)
    tremble = 0.6 * style.tremor * np.sin(2 * np.pi * 5.5 * (start + times))
    pitch = style.hertz * 2 ** ((accent + glide + decline + tremble) / 12)
    source = _pulses(rng, pitch, style, hertz)
    source = source / (np.std(source) + 1e-9)
    source = source + BREATH_LEVEL * style.breathiness * rng.normal(size=samples)
    vowel = np.array(VOWELS[int(rng.integers(len(VOWELS)))], float) * tract
    voiced = _through_formants(source, vowel, style.tension, hertz)
    envelope = np.sin(np.pi * np.clip((np.arange(samples) + 0.5) / samples, 0, 1)) ** 0.6
    envelope = envelope * (1 + 0.25 * style.tremor * np.sin(2 * np.pi * 5.5 * (start + times) + 1))
    sound = voiced * envelope * 10 ** ((0.35 * accent + rng.normal(0, 1)) / 20)
    if rng.random() < 0.5:
        _add_consonant(rng, sound, hertz)
    return np.asarray(sound)


def _pulses(rng: np.random.Generator, pitch: Sound, style: SpeakingStyle, hertz: int) -> Sound:
    """Return the flow through the vocal folds, differentiated: one sharp closure each period."""
    wobble = 0.008 + 0.05 * style.roughness
    knots = rng.normal(0, wobble, len(pitch) // 80 + 2)
    shake = np.interp(np.arange(len(pitch)), np.arange(len(knots)) * 80, knots)
    phase = np.cumsum(pitch * (1 + shake)) / hertz % 1
    open_share = 0.62 - 0.14 * style.tension
    within = np.clip(phase / open_share, 0, 1)
    flow = within**2 * (1 - within) * 6.75
    return np.diff(flow, prepend=flow[:1]) * 10


def _through_formants(source: Sound, vowel: Sound, tension: float, hertz: int) -> Sound:
    """Return a source filtered by formants; tension raises the high frequencies."""
    size = 1 << (len(source) + 512 - 1).bit_length()
    spectrum = np.fft.rfft(source, size)
    frequency = np.fft.rfftfreq(size, 1 / hertz)
    gain = np.ones_like(frequency)
    for centre, width in zip([*vowel, 3500.0], [*BANDWIDTHS, 250], strict=True):
        gain = (
            gain * centre**2 / np.sqrt((frequency**2 - centre**2) ** 2 + (width * frequency) ** 2)
        )
    tilt_db = 6.0 * tension * np.log2(np.maximum(frequency, 100) / 500)
    return np.fft.irfft(spectrum * gain * 10 ** (tilt_db / 20), size)[: len(source)]


def _add_consonant(rng: np.random.Generator, sound: Sound, hertz: int) -> None:
    length = min(len(sound) // 3, int(hertz * rng.uniform(0.02, 0.06)))
    hiss = np.diff(rng.normal(size=length + 1)) * np.hanning(length)
    sound[:length] = sound[:length] * 0.3 + 0.35 * hiss * (np.std(sound) + 1e-9)
