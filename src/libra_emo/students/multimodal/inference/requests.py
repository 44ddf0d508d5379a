"""Asking a trained student: requests in its own words, scores and written answers back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.students.conversations import write_request_rows
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.examples import read_turns
from libra_emo.students.multimodal.inference.fold_models import Judges
from libra_emo.students.multimodal.inference.generating import Answer
from libra_emo.students.multimodal.inference.predicting import answer_rows, score_rows
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training_data import Row
from libra_emo.students.options import parse_modalities
from libra_emo.taxonomy import Taxonomy


@dataclass(frozen=True)
class Questions:
    """How clips are put to a student.

    Attributes:
        taxonomy: The labels that it may answer.
        prompt: The words of the request.
        options: Its own.
        modalities: What it learnt from.
        explained: Whether it learnt explanations.
        judges: Its weights.
    """

    taxonomy: Taxonomy
    prompt: Prompt
    options: MultimodalOptions
    modalities: str
    explained: bool
    judges: Judges

    def score(
        self,
        table: pd.DataFrame,
        shards: ShardReader,
        cross_fitted: bool,
        modalities: str | None = None,
    ) -> np.ndarray:
        """Return the logarithms of the labels' probabilities, one row a clip of the table.

        Args:
            table: With the columns clip_id, subtitle and source_id.
            shards: Gives the clips.
            cross_fitted: Whether a film that was learnt is judged by the fold that did not.
            modalities: What the student is shown; all that it learnt from by default.
        """
        options = self._show(modalities)
        work = partial(score_rows, labels=self.taxonomy.labels)
        films = table["source_id"]
        rows = self._write(table, options)
        found = self.judges.ask(work, rows, films, cross_fitted, shards, options)
        return np.array(found).reshape(len(table), len(self.taxonomy.labels))

    def answer(
        self,
        table: pd.DataFrame,
        shards: ShardReader,
        modalities: str | None = None,
        label_of: Mapping[str, str] | None = None,
    ) -> list[Answer]:
        """Return what the student writes of each clip of the table.

        Args:
            table: With the columns clip_id, subtitle and source_id.
            shards: Gives the clips.
            modalities: What the student is shown; all that it learnt from by default.
            label_of: Clip → the label that it is to explain; None leaves that to the student.

        Raises:
            StudentError: If it is to explain and never learnt that, or not this label.
        """
        if label_of is not None:
            self._check_explains(label_of)
        options = self._show(modalities)
        work = partial(answer_rows, label_of=label_of)
        rows = self._write(table, options)
        return self.judges.ask(work, rows, table["source_id"], False, shards, options)

    def request(self) -> str:
        """Return the words with which the student is asked about a clip without a subtitle."""
        nothing = pd.DataFrame({"clip_id": [""], "subtitle": [""]})
        return read_turns(self._write(nothing, self._show(None))[0])[0]

    def _write(self, table: pd.DataFrame, options: MultimodalOptions) -> list[Row]:
        return write_request_rows(
            table, self.taxonomy, self.prompt, self.explained, options.modalities
        )

    def _show(self, modalities: str | None) -> MultimodalOptions:
        """Return the options with what the student is shown of a clip."""
        shown = self.modalities if modalities is None else parse_modalities(modalities)
        if set(shown) - set(self.modalities):
            raise StudentError(
                f"modalities {shown}: this student learnt from {self.modalities} alone; "
                "leave the others out, or train it with them"
            )
        return self.options.model_copy(update={"modalities": shown})

    def _check_explains(self, label_of: Mapping[str, str]) -> None:
        if not self.explained:
            raise StudentError(
                "the student learnt labels alone, so it cannot explain them; train it with "
                "training.with_explanations on labels that have explanations"
            )
        for clip_id, label in label_of.items():
            if label not in self.taxonomy:
                raise StudentError(f"clip {clip_id}: the student does not know the label {label!r}")
