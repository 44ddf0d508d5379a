"""Explanations by a model for tests: the node with a server behind it, callable from a child."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.person_meant import DEFAULT_PERSON
from libra_emo.explanations.clips import clips_to_explain, clips_without_labels
from libra_emo.explanations.model_writer import ModelWriter
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.quote import Quote, quote_explanations
from libra_emo.llm.client.model import LlmResources
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.explanation.nodes import write_explanations
from libra_emo.schemas import RoundLabels, check
from support.llm_clips import clip_names
from support.llm_voting import ROOT, TAXONOMY, candidates, prices, voter
from support.openai_server import KEY, Arrived, Behaviour

PROMPT = Prompt((ROOT / "conf/base/prompts/explain.jinja").read_text("utf-8"), "explain.jinja")
PROMPT_AS_ASKED = PROMPT.with_values(person_meant=DEFAULT_PERSON)
GOOD = "The brows of person {} are drawn together and the mouth is pressed into a thin line."


def options(url: str, more: dict[str, Any] | None = None, **settings: Any) -> ExplanationOptions:
    writer = voter(url, "first", max_answer_tokens=200, **(more or {}))
    return ExplanationOptions.model_validate({"writer": writer, "max_cost_usd": 100, **settings})


def labels(count: int) -> pd.DataFrame:
    given = [TAXONOMY.labels[number % 13] for number in range(count)]
    table = pd.DataFrame({"clip_id": clip_names(count), "label": given})
    return check(table.assign(origin="machine", support=2, votes=3, round=1), RoundLabels)


def explain(
    shards: Path, ledger: Path, count: int, explanation: ExplanationOptions, prompt: Prompt = PROMPT
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    features = candidates(clip_names(count))[["clip_id", "source_id", "language", "subtitle"]]
    return write_explanations(
        labels(count), features, ShardReader(shards), Ledger(ledger), prompt, prices(),
        Keys({"first": KEY}), TAXONOMY, explanation, 7,
    )  # fmt: skip


def quoted(
    shards: Path, ledger: Path, explanation: ExplanationOptions, count: int, labelled: bool = True
) -> Quote:
    table = candidates(clip_names(count))
    features = table[["clip_id", "source_id", "language", "subtitle"]]
    clips = clips_to_explain(labels(count), features, TAXONOMY)
    with Ledger(ledger) as answers:
        resources = LlmResources(
            ShardReader(shards), answers, PROMPT_AS_ASKED, prices(), Keys(), 7, lambda: "t"
        )
        writer = ModelWriter(explanation, TAXONOMY, resources)
        return quote_explanations(
            writer, clips if labelled else clips_without_labels(table, TAXONOMY)
        )


def clip_of(arrived: Arrived) -> int:
    return int(arrived.user.split("words of film-")[1][:8])


def label_of(arrived: Arrived) -> str:
    return arrived.user.split(" in this clip is ")[1].split(".")[0]


def as_json(label: str, text: str) -> str:
    return json.dumps({"emotion": label, "explanation": text})


def answer_well(number: int, arrived: Arrived) -> Behaviour:
    """Answer as asked; every fifth clip only at the second request, every seventh in Markdown."""
    clip, label = clip_of(arrived), label_of(arrived)
    text = as_json(label, GOOD.format(clip))
    if clip % 5 == 0 and "This is request" not in arrived.user:
        text = as_json(label, "Short.")
    if clip % 7 == 0:
        text = f"```json\n{text}\n```"
    return Behaviour(text=text, usage=(1800, 20 + clip % 30))


def main(arguments: dict[str, Any]) -> None:
    """Explain with some arguments, and write the tables."""
    explanation = ExplanationOptions.model_validate(arguments["explanation"])
    texts, attempts, rules = explain(
        Path(arguments["shards"]), Path(arguments["ledger"]), arguments["count"], explanation
    )
    texts.to_parquet(arguments["output"])
    attempts.drop(columns=["seconds", "cost_usd"]).to_parquet(arguments["attempts"])
    rules.to_csv(arguments["rules"])
