"""The actors: what each one looks and sounds like at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from libra_emo.sample.draws import generator
from libra_emo.sample.options import ActedOptions

Colour = tuple[int, int, int]  # blue, green, red

SKINS: tuple[Colour, ...] = (
    (188, 206, 238),
    (160, 186, 226),
    (140, 170, 212),
    (112, 146, 194),
    (88, 120, 168),
    (70, 98, 142),
)
HAIRS: tuple[Colour, ...] = (
    (28, 26, 30),
    (36, 46, 62),
    (44, 66, 98),
    (78, 128, 176),
    (40, 62, 128),
    (120, 122, 126),
)
SHIRTS: tuple[Colour, ...] = (
    (150, 90, 50),
    (60, 60, 150),
    (90, 120, 60),
    (60, 60, 60),
    (190, 185, 180),
    (130, 60, 110),
    (50, 130, 190),
)
IRISES: tuple[Colour, ...] = ((40, 60, 90), (110, 90, 60), (70, 110, 80), (30, 40, 60))
SHORT_HAIR = ("crop", "parted", "tall", "receding")
LONG_HAIR = ("long", "bob", "bun", "fringe")


@dataclass(frozen=True)
class Actor:
    """One actor: face, clothes and voice at rest.

    Lengths such as `face_width` are factors on those of the standard face.

    Attributes:
        resting: Offsets of the resting face, in the units of drawn_expressions.yml.
        base_hertz: Mean pitch of the calm voice.
        pace: Syllables a second of the calm voice.
        tract: Factor on the formants of the voice.
    """

    name: str
    skin: Colour
    hair: Colour
    shirt: Colour
    iris: Colour
    hair_style: str
    glasses: bool
    beard: bool
    face_width: float
    chin: float
    eye_size: float
    brow_weight: float
    mouth_width: float
    nose_width: float
    lip_fullness: float
    resting: dict[str, float]
    base_hertz: float
    pace: float
    tract: float
    loudness_db: float
    breathiness: float


def draw_actor(seed: int, name: str, number: int, face: ActedOptions, voice: ActedOptions) -> Actor:
    """Return an actor whose face and voice are drawn at random.

    Args:
        seed: Seed of the sample.
        name: Unique name of the actor.
        number: Number of the actor in its film; colours and build differ between numbers.
        face: Options that say how much resting faces differ.
        voice: Options that say how much calm voices differ, apart from pitch and tract.
    """
    # "look" is part of the draw's key: another word would draw other actors
    rng = generator(seed, "look", name)
    low_voice = bool((number + rng.integers(2)) % 2)
    skin = int(rng.integers(len(SKINS)))
    hair = int(rng.choice([0, 1, 2, 3, 4, 5] if skin < 3 else [0, 0, 1, 1, 2, 5]))
    return Actor(
        name=name,
        skin=SKINS[skin],
        hair=HAIRS[hair],
        shirt=SHIRTS[(number * 3 + int(rng.integers(2))) % len(SHIRTS)],
        iris=IRISES[int(rng.integers(len(IRISES)))] if hair > 1 else IRISES[3],
        hair_style=str(rng.choice(SHORT_HAIR if low_voice else LONG_HAIR)),
        glasses=bool(rng.random() < 0.15),
        beard=bool(low_voice and rng.random() < 0.25),
        face_width=_factor(rng, 0.05) * (1.03 if low_voice else 0.97),
        chin=_factor(rng, 0.05),
        eye_size=_factor(rng, 0.06),
        brow_weight=max(0.8, _factor(rng, 0.12) * (1.12 if low_voice else 0.92)),
        mouth_width=_factor(rng, 0.06),
        nose_width=_factor(rng, 0.1),
        lip_fullness=_factor(rng, 0.15) * (0.9 if low_voice else 1.15),
        resting=_draw_resting(rng, face.resting_noise),
        base_hertz=float(rng.uniform(95, 135) if low_voice else rng.uniform(170, 225)),
        pace=4.35 * _factor(rng, 0.6 * voice.resting_noise),
        tract=float(rng.uniform(0.95, 1.02) if low_voice else rng.uniform(1.1, 1.2)),
        loudness_db=float(12 * voice.resting_noise * np.clip(rng.normal(), -2, 2)),
        breathiness=float(rng.uniform(0.02, 0.12)),
    )


def _factor(rng: np.random.Generator, deviation: float) -> float:
    return float(1 + deviation * np.clip(rng.normal(), -2, 2))


def _draw_resting(rng: np.random.Generator, deviation: float) -> dict[str, float]:
    """Return offsets of brows, lids and lip corners; each rests up or down, never both."""
    brow, corner, lid = deviation * np.clip(rng.normal(size=3), -2, 2)
    return {
        "brow_lower": max(0.0, float(brow)),
        "outer_brow_raise": max(0.0, float(-brow)),
        "lip_corner_pull": max(0.0, float(corner)),
        "lip_corner_depress": max(0.0, float(-corner)),
        "lid_droop": max(0.0, float(lid)),
        "upper_lid_raise": max(0.0, float(-lid)),
    }
