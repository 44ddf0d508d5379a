"""Predictions of a trained student: its requests, scores of labels and generated answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from libra_emo.common.modalities import parse_modalities
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.students.conversations import write_request_rows
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.examples import read_turns
from libra_emo.students.multimodal.inference.fold_models import FoldModels
from libra_emo.students.multimodal.inference.generating import GeneratedAnswer
from libra_emo.students.multimodal.inference.model import Row, generate_rows, score_rows
from libra_emo.students.options import MultimodalOptions
from libra_emo.taxonomy import Taxonomy


@dataclass(frozen=True)
class Predictor:
    """A trained student with its prompt.

    Attributes:
        taxonomy: Labels that it may answer.
        prompt: Words of the request.
        options: Options of the student.
        modalities: Modalities that it learnt from.
        explained: Whether it learnt explanations.
        models: Its weights.
    """

    taxonomy: Taxonomy
    prompt: Prompt
    options: MultimodalOptions
    modalities: str
    explained: bool
    models: FoldModels

    def score(
        self,
        table: pd.DataFrame,
        shards: ShardReader,
        cross_fitted: bool,
        modalities: str | None = None,
    ) -> np.ndarray:
        """Return the logarithms of the labels' probabilities, one row a clip of the table.

        Args:
            table: Clips with the columns clip_id, subtitle and source_id.
            shards: Source of the clips.
            cross_fitted: Whether a film that was learnt is given to the fold that did not learn it.
            modalities: Modalities that the student is given; all that it learnt from by default.
        """
        options = self._limit(modalities)
        task = partial(score_rows, labels=self.taxonomy.labels)
        rows = self._write_requests(table, options)
        scores = self.models.run(task, rows, table["source_id"], cross_fitted, shards, options)
        return np.array(scores).reshape(len(table), len(self.taxonomy.labels))

    def generate(
        self,
        table: pd.DataFrame,
        shards: ShardReader,
        modalities: str | None = None,
        label_of: Mapping[str, str] | None = None,
    ) -> list[GeneratedAnswer]:
        """Return the generated answer to each clip of the table.

        Args:
            table: Clips with the columns clip_id, subtitle and source_id.
            shards: Source of the clips.
            modalities: Modalities that the student is given; all that it learnt from by default.
            label_of: Clip → label to explain; None to generate the label, too.

        Raises:
            StudentError: If it is to explain and never learnt that, or does not know a label.
        """
        if label_of is not None:
            self._check_explains(label_of)
        options = self._limit(modalities)
        task = partial(generate_rows, label_of=label_of)
        rows = self._write_requests(table, options)
        return self.models.run(task, rows, table["source_id"], False, shards, options)

    def request(self) -> str:
        """Return the text of the request for a clip without a subtitle."""
        nothing = pd.DataFrame({"clip_id": [""], "subtitle": [""]})
        return read_turns(self._write_requests(nothing, self._limit(None))[0])[0]

    def _write_requests(self, table: pd.DataFrame, options: MultimodalOptions) -> list[Row]:
        rows: list[Row] = []
        rows += write_request_rows(
            table, self.taxonomy, self.prompt, self.explained, options.modalities
        )
        return rows

    def _limit(self, modalities: str | None) -> MultimodalOptions:
        """Return the options with the modalities that the student is given of a clip."""
        given = self.modalities if modalities is None else parse_modalities(modalities)
        if set(given) - set(self.modalities):
            raise StudentError(
                f"modalities {given}: this student learnt from {self.modalities} alone; "
                "leave the others out, or train it with them"
            )
        return self.options.model_copy(update={"modalities": given})

    def _check_explains(self, label_of: Mapping[str, str]) -> None:
        if not self.explained:
            raise StudentError(
                "the student learnt labels alone, so it cannot explain them; train it with "
                "training.with_explanations on labels that have explanations"
            )
        for clip_id, label in label_of.items():
            if label not in self.taxonomy:
                raise StudentError(f"clip {clip_id}: the student does not know the label {label!r}")
