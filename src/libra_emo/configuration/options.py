"""The options class of each group of parameters."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from libra_emo.common.options import Options
from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant

# parameter group → module and class of its options; a new group is one line here
GROUPS: dict[str, tuple[str, str]] = {
    "sample": ("libra_emo.sample.options", "SampleOptions"),
    "preprocessing": ("libra_emo.media.options", "PreprocessingOptions"),
    "annotation": ("libra_emo.annotation.options", "AnnotationOptions"),
    "annotation_server": ("libra_emo.annotation_server.settings", "ServingOptions"),
    "bench": ("libra_emo.annotation.options", "BenchOptions"),
    "voting": ("libra_emo.voting.options", "VotingOptions"),
    "active_learning": ("libra_emo.pipelines.active_learning.options", "ActiveLearningOptions"),
    "explanation": ("libra_emo.explanations.options", "ExplanationOptions"),
    "training": ("libra_emo.students.options", "TrainingOptions"),
    "evaluation": ("libra_emo.evaluation.options", "EvaluationOptions"),
    "collection": ("libra_emo.collection.options", "CollectionOptions"),
    "publication": ("libra_emo.publication.options", "PublicationOptions"),
    "sweep": ("libra_emo.evaluation.sweeps.options", "SweepOptions"),
}


class SharedOptions(Options):
    """Parameters that several pipelines share (`parameters.yml`)."""

    model_config = ConfigDict(strict=True)

    films: str = Field(min_length=1)
    seed: int = Field(ge=0)
    executor: str
    annotators: Literal["simulated", "people"]
    student: Literal["classical", "multimodal"]
    max_rounds: int = Field(ge=1)
    person_meant: PersonMeant = DEFAULT_PERSON

    @field_validator("executor")
    @classmethod
    def _known_executor(cls, executor: str) -> str:
        local = executor == "local" or re.fullmatch(r"local:[1-9]\d*", executor)
        address = re.fullmatch(r"[a-z]+://\S+:\d+|[\w.-]+:\d+", executor)
        if not local and (executor.startswith("local:") or not address):
            raise ValueError(
                f"must be local, local:<workers> or the address of a Dask scheduler such as "
                f"tcp://10.0.0.5:8786, not {executor!r}"
            )
        return executor


def options_class(group: str) -> type[BaseModel] | None:
    """Return the class that a group's options must fit, or None when the group has none yet."""
    module, name = GROUPS[group]
    try:
        if find_spec(module) is None:
            return None
    except ModuleNotFoundError:
        return None
    found: type[BaseModel] | None = getattr(import_module(module), name, None)
    return found
