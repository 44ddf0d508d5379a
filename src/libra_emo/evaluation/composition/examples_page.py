"""A local page of training examples with their explanations, the paper's Figure 7."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from libra_emo.common.seeding import draw_key
from libra_emo.evaluation.failures.contact_sheet import draw_frames
from libra_emo.evaluation.templates import open_templates
from libra_emo.media.shards import ShardReader
from libra_emo.taxonomy import Taxonomy

TEMPLATE = Path(__file__).parent / "examples.html.j2"
PER_LABEL = 2
EXPLAINED = ("ok", "repaired")


def render_examples(
    training_labels: pd.DataFrame,
    explanations: pd.DataFrame,
    candidates: pd.DataFrame,
    taxonomy: Taxonomy,
    seed: int,
    clip_shards: ShardReader,
) -> str:
    """Return the page of examples as HTML: a few drawn clips of each label with explanations.

    The page shows faces and words of films, so it stays on this machine and is not sent to MLflow.

    Args:
        training_labels: RoundLabels that the student learns.
        explanations: Explanations.
        candidates: Candidates, for the words.
        taxonomy: The emotions.
        seed: Seed of the draw.
        clip_shards: Frames.
    """
    good = explanations[explanations["status"].isin(EXPLAINED)]
    texts = dict(zip(good["clip_id"], good["explanation"], strict=True))
    words = dict(zip(candidates["clip_id"], candidates["subtitle"], strict=True))
    groups = []
    for label in taxonomy.labels:
        clips = training_labels.loc[training_labels["label"] == label, "clip_id"]
        drawn = sorted(clips, key=lambda clip: draw_key(seed, "example", clip))[:PER_LABEL]
        examples = [
            {
                "clip_id": clip,
                "words": words.get(clip, ""),
                "explanation": texts.get(clip),
                "pictures": draw_frames(clip_shards.clip(clip)),
            }
            for clip in drawn
        ]
        groups.append({"label": label, "clips": len(clips), "examples": examples})
    template = open_templates(TEMPLATE.parent).get_template(TEMPLATE.name)
    return template.render(groups=groups, taxonomy=taxonomy)
