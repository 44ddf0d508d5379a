"""A trained model at work: loaded with its weights, and given many requests."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.examples import Clips, Example
from libra_emo.students.multimodal.families import Encoded, Family, open_family
from libra_emo.students.multimodal.inference.generating import (
    GeneratedAnswer,
    begin_answer,
    generate_answers,
)
from libra_emo.students.multimodal.inference.loading import load_batches
from libra_emo.students.multimodal.scoring.labels import score_encoded
from libra_emo.students.options import MultimodalOptions

ADAPTER = "adapter_config.json"


Row = Mapping[str, Any]
Output = TypeVar("Output")


@dataclass(frozen=True)
class LoadedModel:
    """A model with its processor and family, ready for requests."""

    model: Any
    processor: Any
    family: Family


# what a model does with requests, with one output a request
Task = Callable[[LoadedModel, Sequence[Row], Clips, MultimodalOptions], list[Output]]


def load_model(options: MultimodalOptions, weights: Path | None = None) -> LoadedModel:
    """Return the model of the options' checkpoint, with the weights of a training.

    Args:
        options: Options of the student.
        weights: Folder of low-rank matrices or of all weights; None for the checkpoint's own.

    Raises:
        StudentError: If checkpoint or weights cannot be read.
    """
    if weights is not None and not (weights / ADAPTER).is_file():
        # all weights, with their own configuration and processor
        options = options.model_copy(update={"checkpoint": str(weights)})
        weights = None
    family = open_family(options)
    model, processor = family.load(options.checkpoint, options)
    if weights is not None:
        model = _merge_adapter(model, weights)
    return LoadedModel(model.eval(), processor, family)


def score_rows(
    loaded: LoadedModel,
    rows: Sequence[Row],
    shards: Clips,
    options: MultimodalOptions,
    labels: Sequence[str],
) -> list[NDArray[np.float64]]:
    """Return the logarithm of each label's probability among the labels, one array a request.

    All are NaN for a clip that cannot be encoded.
    """
    found = np.full((len(rows), len(labels)), np.nan)
    encode = partial(loaded.family.encode, loaded.processor, answer=None)
    for batch in load_batches(rows, shards, options, encode):
        explained = [example.explained for example in batch.examples]
        found[batch.places] = score_encoded(
            loaded.model, loaded.family, loaded.processor, batch.encoded, explained, labels
        )
    with np.errstate(invalid="ignore"):  # of clips that could not be encoded
        return [scores - np.logaddexp.reduce(scores) for scores in found]


def generate_rows(
    loaded: LoadedModel,
    rows: Sequence[Row],
    shards: Clips,
    options: MultimodalOptions,
    label_of: Mapping[str, str] | None = None,
) -> list[GeneratedAnswer]:
    """Return the generated answer to each request; an empty one if it cannot be encoded.

    Args:
        loaded: The model.
        rows: Requests.
        shards: Source of the clips.
        options: Options of the student.
        label_of: Clip → label to explain; None to generate the label, too.
    """
    found = [GeneratedAnswer("", "stop")] * len(rows)

    def encode(example: Example) -> Encoded:
        if label_of is None:
            return loaded.family.encode(loaded.processor, example, None)
        return begin_answer(loaded.family, loaded.processor, example, label_of[example.clip_id])

    for batch in load_batches(rows, shards, options, encode):
        beginnings = None
        if label_of is not None:
            beginnings = [f"{label_of[example.clip_id]}\n" for example in batch.examples]
        answers = generate_answers(
            loaded.model,
            loaded.family,
            loaded.processor,
            batch.encoded,
            options.max_answer_tokens,
            beginnings,
        )
        for place, answer in zip(batch.places, answers, strict=True):
            found[place] = answer
    return found


def _merge_adapter(model: Any, weights: Path) -> Any:
    """Return the model with low-rank matrices merged into its weights.

    Raises:
        StudentError: If they cannot be read, or belong to another model.
    """
    from peft import PeftModel

    try:
        with warnings.catch_warnings():
            # peft would go on with matrices that do nothing
            warnings.filterwarnings("error", message="Found missing adapter keys")
            return PeftModel.from_pretrained(model, str(weights)).merge_and_unload()
    except (OSError, ValueError, RuntimeError, UserWarning) as error:
        cause = str(error).strip().partition("\n")[0][:300]
        raise StudentError(f"{weights}: cannot be read as low-rank matrices: {cause}") from error
