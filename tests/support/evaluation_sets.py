"""Small sets of clips that models are scored on."""

from pathlib import Path

import pandas as pd

from libra_emo.evaluation.sets.evaluation_set import OwnersClips, build_set, left_out_rows
from libra_emo.evaluation.sets.set_classes import fine_classes, read_set_classes
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def make_set(labels, films=None, left_out=(), name="mine"):
    """Return clips c0, c1, … of the taxonomy's labels."""
    clips = pd.DataFrame({"clip_id": [f"c{i}" for i in range(len(labels))], "label": labels})
    if films is not None:
        clips["film"] = films
    owners = OwnersClips(clips, left_out_rows(left_out, "too dark"), Path("mine.csv"))
    return build_set(name, fine_classes(TAXONOMY, name), owners)


def make_public_set(name, labels):
    """Return clips c0, c1, … of a public set's classes."""
    clips = pd.DataFrame({"clip_id": [f"c{i}" for i in range(len(labels))], "label": labels})
    owners = OwnersClips(clips, left_out_rows([], ""), Path("owners.csv"))
    return build_set(name, read_set_classes(name, TAXONOMY), owners)
