"""Nodes of the explanation: the texts, and counts of what became of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.explanations import cue_writer
from libra_emo.explanations.by_model import explain_by_model
from libra_emo.explanations.clips import clips_to_explain
from libra_emo.explanations.model_writer import ModelWriter
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.status_counts import report_texts, tabulate_statuses
from libra_emo.llm.client.model import LlmResources
from libra_emo.llm.client.progress import SpendingDisplay, utc_now
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.replies.rule_table import count_rules
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.schemas import ExplanationAttempts, empty
from libra_emo.taxonomy import Taxonomy


def write_explanations(
    labels: pd.DataFrame,
    features: pd.DataFrame,
    clip_shards: ShardReader,
    explanation_answers: Ledger,
    explain_prompt: Prompt,
    prices: PriceList,
    llm_keys: Keys,
    taxonomy: Taxonomy,
    explanation: ExplanationOptions,
    seed: int,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return Explanations, one row for each labelled clip, each with the result of its checks.

    Returns:
        Explanations; ExplanationAttempts; and counts of how replies were read. The last two are
        empty if no model writes.

    Raises:
        ExplanationError: If a labelled clip has no features, or the model cannot be asked as
            configured.
        WriterStopped: If the model could not be asked any more.
    """
    with explanation_answers:
        if explanation.writer.kind == "cues":
            texts = cue_writer.write_explanations(labels, features, taxonomy, explanation)
            return texts, empty(ExplanationAttempts), count_rules([]).drop(columns="right")
        clips = clips_to_explain(labels, features, taxonomy)
        if explanation.writer.kind == "student":
            from libra_emo.pipelines.explanation.by_student import explain_by_student

            tables = explain_by_student(clips, features, clip_shards, taxonomy, explanation)
            return tables.explanations, tables.attempts, count_rules([]).drop(columns="right")
        prompt = explain_prompt.with_values(person_meant=person_meant)
        resources = LlmResources(
            clip_shards, explanation_answers, prompt, prices, llm_keys, seed, utc_now
        )
        model_writer = ModelWriter(explanation, taxonomy, resources)
        with SpendingDisplay(explanation.max_cost_usd, len(clips)) as display:
            tables = explain_by_model(model_writer, clips, display)
        rules = count_rules(tables.readings).drop(columns="right")
        return tables.explanations, tables.attempts, rules


def report_explanations(
    explanations: pd.DataFrame, explanation_attempts: pd.DataFrame
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the numbers of texts by status and by label, and a table of the statuses."""
    report = report_texts(explanations, explanation_attempts)
    return report, tabulate_statuses(explanations, explanation_attempts)
