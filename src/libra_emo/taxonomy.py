"""The emotions: names, definitions, coarse parents and types, read from one file."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError, model_validator

from libra_emo.common.options import Options, describe_error
from libra_emo.errors import LibraEmoError

EMOTIONS_FOLDER = Path(__file__).parent / "emotions"
TAXONOMY_FILE = EMOTIONS_FOLDER / "taxonomy.yml"

EmotionType = Literal["positive", "neutral", "negative"]


class TaxonomyError(LibraEmoError):
    """The taxonomy file, or a file keyed by its labels, is wrong."""


class Emotion(Options):
    """One label and its description."""

    label: str
    type: EmotionType
    coarse: str
    definition: str
    chinese: str | None = None
    neighbours: tuple[str, ...] = ()


class Taxonomy(Options):
    """The emotions in their fixed order, and the answer for none of them.

    The order of `labels` is that of the file, and every table, matrix and plot keeps it.
    """

    emotions: tuple[Emotion, ...]
    other: str = "other"

    @model_validator(mode="after")
    def _check(self) -> Taxonomy:
        names = [emotion.label for emotion in self.emotions]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ValueError(f"label {twice[0]!r} is listed twice")
        if len(names) < 2:
            raise ValueError("at least two labels are needed")
        if self.other in names:
            raise ValueError(f"{self.other!r} is both a label and the answer for none of them")
        for emotion in self.emotions:
            for neighbour in emotion.neighbours:
                if neighbour not in names:
                    raise ValueError(f"{emotion.label}: neighbour {neighbour!r} is not a label")
        return self

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels in the file's order."""
        return tuple(emotion.label for emotion in self.emotions)

    @cached_property
    def negative_labels(self) -> tuple[str, ...]:
        """The labels of negative type, in the file's order."""
        return tuple(e.label for e in self.emotions if e.type == "negative")

    @cached_property
    def coarse_labels(self) -> tuple[str, ...]:
        """The coarse parents, in the order in which they first appear."""
        return tuple(dict.fromkeys(emotion.coarse for emotion in self.emotions))

    @cached_property
    def coarse_of(self) -> dict[str, str]:
        """Label → coarse parent."""
        return {emotion.label: emotion.coarse for emotion in self.emotions}

    def __getitem__(self, label: str) -> Emotion:
        """Return the emotion of a label.

        Raises:
            TaxonomyError: If there is no such label.
        """
        for emotion in self.emotions:
            if emotion.label == label:
                return emotion
        raise TaxonomyError(f"{label!r} is not a label; the labels are {', '.join(self.labels)}")

    def __contains__(self, label: object) -> bool:
        """Return whether a label is in the taxonomy."""
        return label in self.labels


def read_taxonomy(path: Path = TAXONOMY_FILE) -> Taxonomy:
    """Return the taxonomy that a YAML file describes.

    Raises:
        TaxonomyError: If the file cannot be read or contradicts itself.
    """
    try:
        return Taxonomy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise TaxonomyError(f"{path.name}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise TaxonomyError(f"{path.name}: not YAML: {error}") from error
    except ValidationError as error:
        raise TaxonomyError(f"{path.name}: {describe_error(error)}") from error


def coarsen(taxonomy: Taxonomy) -> Taxonomy:
    """Return the coarse parents as a taxonomy of their own.

    A parent takes type and definition from the child of its name, else from the first one.
    """
    children: dict[str, Emotion] = {}
    for emotion in taxonomy.emotions:
        if emotion.coarse not in children or emotion.label == emotion.coarse:
            children[emotion.coarse] = emotion
    parents = tuple(
        child.model_copy(update={"label": name, "chinese": None, "neighbours": ()})
        for name, child in children.items()
    )
    return Taxonomy(emotions=parents, other=taxonomy.other)


def read_label_data(name: str, folder: Path = EMOTIONS_FOLDER) -> dict[str, Any]:
    """Return the content of one of the data files that are keyed by label.

    Args:
        name: The file's name without its ending, such as `text_cues`.
        folder: Folder of the files.

    Raises:
        TaxonomyError: If there is no such file or it is no mapping.
    """
    path = folder / f"{name}.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise TaxonomyError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise TaxonomyError(f"{path.name}: a mapping is expected")
    return content
