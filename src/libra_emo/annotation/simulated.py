"""Simulated annotators: they stand in for people where the truth of the clips is known.

Whether an answer is right follows the Rasch model of test theory: the log-odds of a right answer
are the annotator's ability minus the clip's difficulty, so that some clips are hard for everybody.
A wrong answer is mostly a neighbour of the true label (the nearest twice as often as the next, and
so on), sometimes the answer for "none of the labels", otherwise any other label.

The abilities were set once, before any result that depends on them was looked at. They were set so
that ten simulated annotators agree about the paper's bench classes (Figure 2) as the ten annotators
of FER+ did about its 35,887 faces. FER+, and in brackets 20,000 simulated clips with the default
options:
Krippendorff's alpha 0.515 (0.51), ties 4.9 % (5.0 %), standard deviation of the leading
answer's share over the clips 0.21 (0.21), answers that name no emotion 5.3 % (4.8 %).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.options import SimulatedOptions
from libra_emo.common.seeding import draw_key, generator
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import Candidates, HumanVotes, SampleTruth, check, check_labels, empty
from libra_emo.taxonomy import Taxonomy

ADJUDICATOR = "simulated_adjudicator"


class SimulationError(LibraEmoError):
    """Simulated annotators cannot answer."""


@dataclass(frozen=True)
class SimulatedAnnotators:
    """Annotators who know the truth and err like people.

    A vote depends on nothing but the seed, the annotator, the clip and the campaign.

    Attributes:
        truth: Table with clip_id and label of every clip that can be asked about.
        taxonomy: Taxonomy that says which labels are neighbours.
        seed: Seed of every draw.
        options: Abilities of the annotators and kinds of their errors.
        answered: Who answered for each clip before; others are asked as long as there are any.
    """

    truth: pd.DataFrame
    taxonomy: Taxonomy
    seed: int
    options: SimulatedOptions = field(default_factory=SimulatedOptions)
    answered: Mapping[str, Collection[str]] = field(default_factory=dict)
    _labels: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_labels(self.truth["label"], self.taxonomy, "the truth of simulated annotators")
        labels = dict(zip(self.truth["clip_id"], self.truth["label"], strict=True))
        object.__setattr__(self, "_labels", labels)

    @property
    def abilities(self) -> dict[str, float]:
        """Log-odds of a right answer on a clip of average difficulty, by annotator."""
        mean, spread = self.options.ability_mean_logit, self.options.ability_spread_logit
        count = self.options.annotators
        values = np.linspace(mean - spread, mean + spread, count) if count > 1 else [mean]
        return {f"simulated_{n:02d}": float(v) for n, v in enumerate(values, start=1)}

    def vote(self, campaign: Campaign, clips: Iterable[str]) -> pd.DataFrame:
        """Return the votes of a campaign; each clip is given to some of the annotators.

        Returns:
            HumanVotes, sorted; voted_at and seconds are null.

        Raises:
            SimulationError: If a clip's truth is unknown, or too few annotators exist.
        """
        if campaign.annotators_per_clip > self.options.annotators:
            raise SimulationError(
                f"campaign {campaign.name!r} asks {campaign.annotators_per_clip} annotators per "
                f"clip, but annotation.simulated.annotators is {self.options.annotators}"
            )
        abilities = self.abilities
        asked = self._with_known_truth(campaign, clips)
        return self._table(
            campaign,
            [
                (clip_id, annotator, abilities[annotator])
                for clip_id in asked
                for annotator in self._assigned(campaign, clip_id)
            ],
        )

    def adjudicate(self, campaign: Campaign, clips: Iterable[str]) -> pd.DataFrame:
        """Return the adjudicator's votes, one per clip.

        The adjudicator is better than the other annotators, and not perfect.
        """
        ability = self.options.adjudicator_ability_logit
        asked = self._with_known_truth(campaign, clips)
        return self._table(campaign, [(clip_id, ADJUDICATOR, ability) for clip_id in asked])

    def _with_known_truth(self, campaign: Campaign, clips: Iterable[str]) -> list[str]:
        asked = sorted(set(clips))
        unknown = [clip_id for clip_id in asked if clip_id not in self._labels]
        if unknown:
            raise SimulationError(
                f"campaign {campaign.name!r}: the truth of {len(unknown)} of {len(asked)} clips is "
                f"not known, the first is {unknown[0]}, so simulated annotators cannot label "
                "them; set `annotators: people` to invite people"
            )
        return asked

    def _assigned(self, campaign: Campaign, clip_id: str) -> list[str]:
        known = self.answered.get(clip_id, ())

        def drawn_order(annotator: str) -> tuple[bool, bytes]:
            drawn = draw_key(self.seed, "assigned", campaign.name, clip_id, annotator)
            return annotator in known, drawn

        return sorted(self.abilities, key=drawn_order)[: campaign.annotators_per_clip]

    def _table(self, campaign: Campaign, asked: list[tuple[str, str, float]]) -> pd.DataFrame:
        if not asked:
            return empty(HumanVotes)
        rows = [
            (campaign.name, clip_id, annotator, self._answer(campaign, clip_id, annotator, ability))
            for clip_id, annotator, ability in asked
        ]
        table = pd.DataFrame(rows, columns=["campaign", "clip_id", "annotator", "label"])
        table = table.assign(voted_at=None, seconds=np.nan)
        return check(table.sort_values(["clip_id", "annotator"]), HumanVotes)

    def _answer(self, campaign: Campaign, clip_id: str, annotator: str, ability: float) -> str:
        truth = self._labels[clip_id]
        difficulty = generator(self.seed, "difficulty", clip_id).normal()
        log_odds = ability - self.options.difficulty_sd_logit * difficulty
        draw = generator(self.seed, "answer", campaign.name, clip_id, annotator)
        if draw.random() < 1 / (1 + np.exp(-log_odds)):
            return truth
        return self._error(truth, draw)

    def _error(self, truth: str, draw: np.random.Generator) -> str:
        kind = draw.random()
        if kind < self.options.other_share:
            return self.taxonomy.other
        near = self.taxonomy[truth].neighbours
        far = [label for label in self.taxonomy.labels if label != truth and label not in near]
        if near and (kind < self.options.other_share + self.options.neighbour_share or not far):
            weights = 0.5 ** np.arange(len(near))
            return str(draw.choice(near, p=weights / weights.sum()))
        return str(draw.choice(far)) if far else self.taxonomy.other


def match_truth(sample_truth: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    """Return the truth of those candidates of which a drawn scene covers more than half.

    Args:
        sample_truth: Truth of the drawn scenes, as SampleTruth.
        candidates: Clips, as Candidates.

    Returns:
        Table with clip_id and label, sorted by clip_id; clips that no scene covers are left out.
    """
    scenes = check(sample_truth, SampleTruth)
    clips = check(candidates, Candidates)[["clip_id", "source_id", "start_s", "end_s"]]
    pairs = _pair_with_scenes(clips, scenes)
    shared = pairs[["end_s", "end_s_scene"]].min(axis=1) - pairs[["start_s", "start_s_scene"]].max(
        axis=1
    )
    pairs = pairs.assign(overlap=shared / (pairs["end_s"] - pairs["start_s"]))
    pairs = pairs[pairs["overlap"] > 0.5].sort_values(
        ["clip_id", "overlap", "start_s_scene"], ascending=[True, False, True]
    )
    best = pairs.drop_duplicates("clip_id")
    return best[["clip_id", "label"]].reset_index(drop=True)


def _pair_with_scenes(clips: pd.DataFrame, scenes: pd.DataFrame) -> pd.DataFrame:
    """Return each clip with the scenes of its film that may cover more than half of it.

    Where the scenes of a film do not overlap, such a scene holds the middle of the clip, so that
    it and its neighbours are enough; else it is every scene of the film.
    """
    scenes = scenes.sort_values(["source_id", "start_s", "end_s"], ignore_index=True)
    follows = scenes["source_id"].eq(scenes["source_id"].shift())
    if (follows & (scenes["start_s"] < scenes["end_s"].shift())).any():
        return clips.merge(scenes, on="source_id", suffixes=("", "_scene"))
    middle = clips.assign(middle=(clips["start_s"] + clips["end_s"]) / 2).sort_values("middle")
    places = scenes.assign(place=scenes.index, middle=scenes["start_s"])
    places = places.sort_values("middle", kind="stable")
    columns = ["source_id", "middle", "place"]
    found = pd.merge_asof(middle, places[columns], on="middle", by="source_id")
    # a clip that begins before the first scene of its film may still be covered by it
    firsts = scenes.drop_duplicates("source_id")
    first_of = pd.Series(firsts.index, index=firsts["source_id"])
    found["place"] = found["place"].fillna(found["source_id"].map(first_of))
    found = found[found["place"].notna()]
    near = pd.concat([found.assign(place=found["place"] + step) for step in (-1, 0, 1)])
    scenes = scenes.assign(place=scenes.index.astype("float64"))
    return near.drop(columns="middle").merge(
        scenes, on=["source_id", "place"], suffixes=("", "_scene")
    )
