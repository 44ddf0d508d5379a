"""The clips of a world: films, truth, difficulty, and what machines see of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from libra_emo.common.seeding import generator
from libra_emo.labelling.people import neighbour_shares
from libra_emo.labelling.votes import Floats, Ints
from libra_emo.simulation.worlds import World
from libra_emo.taxonomy import Taxonomy, read_label_data

NEAR = 0.35  # how near neighbours are to each other in what machines see


@dataclass(frozen=True)
class Population:
    """All clips by position.

    Attributes:
        world: The world they are of.
        labels: The labels' names in their order.
        neighbours: Share of each label among the neighbour errors of a true label.
        film: Film of each clip.
        truth: True label.
        difficulty: How hard it is, in standard deviations.
        look_alike: The label for which it is most easily taken.
        seen: What the student sees of it: an array (clips, labels).
        voters: Each voter's label: an array (clips, voters).
        draws: A number in [0, 1) for each clip.
    """

    world: World
    labels: tuple[str, ...]
    neighbours: Floats
    film: Ints
    truth: Ints
    difficulty: Floats
    look_alike: Ints
    seen: Floats
    voters: Ints
    draws: Floats

    def __len__(self) -> int:
        """Return how many clips there are."""
        return len(self.truth)


def draw_population(
    world: World,
    taxonomy: Taxonomy,
    clips: int,
    seed: int,
    *,
    films: int = 0,
    mix: str = "trainset",
) -> Population:
    """Return the clips of a world.

    Args:
        world: How to draw them.
        taxonomy: Labels and their neighbours.
        clips: How many clips.
        seed: Seed of the draw.
        films: How many films; 0 for as many as `world.clips_per_film` gives, at least ten.
        mix: Class mix, `trainset` or `bench`.
    """
    draw = generator(seed, "population", world.name, clips, films, mix)
    films = films or max(10, round(clips / world.clips_per_film))
    shares = class_mix(taxonomy, mix)
    lengths = draw.dirichlet(np.full(films, 4.0))
    film = np.sort(draw.choice(films, size=clips, p=lengths)).astype(np.int64)
    truth = _choose(draw.dirichlet(world.film_mix * shares, size=films)[film], draw)
    difficulty = np.sqrt(world.film_difficulty) * draw.normal(size=films)[film]
    difficulty += np.sqrt(1 - world.film_difficulty) * draw.normal(size=clips)
    neighbours = neighbour_shares(
        [[taxonomy.labels.index(n) for n in emotion.neighbours] for emotion in taxonomy.emotions]
    )
    look_alike = _choose(neighbours[truth], draw)
    signal = _signal(world, neighbours, truth, look_alike, difficulty)
    noise = draw.normal(size=signal.shape)
    look = world.film_look * draw.normal(size=(films, signal.shape[1]))[film]
    seen = world.student_signal * signal + noise + look
    voters = _vote(world, signal, noise, draw)
    return Population(
        world, taxonomy.labels, neighbours, film, truth, difficulty, look_alike, seen, voters,
        draw.random(clips),
    )  # fmt: skip


def class_mix(taxonomy: Taxonomy, mix: str = "trainset") -> Floats:
    """Return the share of each label in one of the paper's sets; all alike for other labels."""
    counts = read_label_data("class_mix")[mix]
    known = np.array([counts.get(label, 0) for label in taxonomy.labels], dtype=np.float64)
    if not known.all():
        known = np.ones(len(known))
    shares: Floats = known / known.sum()
    return shares


def _signal(
    world: World, neighbours: Floats, truth: Ints, look_alike: Ints, difficulty: Floats
) -> Floats:
    near = np.eye(len(neighbours)) + NEAR * (neighbours + neighbours.T) / 2
    pulled = near[truth] + world.machine_look_alike * near[look_alike]
    signal: Floats = pulled * np.exp(-world.hardness * difficulty)[:, None]
    return signal


def _vote(world: World, signal: Floats, noise: Floats, draw: np.random.Generator) -> Ints:
    """Return the label of each voter: the one for which it sees most."""
    common = np.sqrt(world.voters_tied) * noise
    common += np.sqrt(1 - world.voters_tied) * draw.normal(size=noise.shape)
    bias = world.voter_bias * draw.normal(size=noise.shape[1])
    votes = []
    for strength in world.voter_signals:
        own = draw.normal(size=noise.shape)
        mixed = np.sqrt(world.voters_alike) * common + np.sqrt(1 - world.voters_alike) * own
        votes.append((strength * signal + bias + mixed).argmax(axis=1))
    return np.stack(votes, axis=1).astype(np.int64)


def _choose(shares: Floats, draw: np.random.Generator) -> Ints:
    """Return one position of each row, drawn with the row's shares."""
    ends = np.cumsum(shares, axis=1)
    chosen = (draw.random((len(shares), 1)) * ends[:, -1:] > ends).sum(axis=1)
    places: Ints = chosen.astype(np.int64)
    return places
