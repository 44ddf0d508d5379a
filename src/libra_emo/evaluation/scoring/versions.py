"""What scores rest on: digests of data and answers, versions of prompts and of the reply reader."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pandas as pd

from libra_emo.common.code_digests import find_reach, source_tree
from libra_emo.common.digests import digest_json
from libra_emo.common.integrity.parquet import digest_parquet

DIGITS = 16
_PARSER = "libra_emo.llm.replies.reader"
VERSION_COLUMNS = (
    *("model", "modalities", "model_id"),
    *("data_version", "answers_version", "prompt_version", "parser_version"),
)


class ModelIdentity(NamedTuple):
    """What a model is, beside its name in the tables.

    Attributes:
        model_id: Id of the model, name of the file of its answers, or kind of the student or voter.
        prompt: Version of its prompt; empty for a model that gets none.
    """

    model_id: str
    prompt: str = ""


def describe_versions(
    bench_predictions: pd.DataFrame,
    bench_labels: pd.DataFrame,
    identities: Mapping[str, ModelIdentity],
) -> pd.DataFrame:
    """Return bench_versions: what the numbers of each model of the bench rest on.

    Args:
        bench_predictions: BenchPredictions.
        bench_labels: RoundLabels of the bench.
        identities: Name of a model → what it is.

    Returns:
        model, modalities; model_id; data_version, the digest of the file of the bench's labels;
        answers_version, the digest of the model's labels clip by clip; prompt_version, null where
        there is no prompt; parser_version, the digest of the code and data that read replies.
    """
    data = digest_parquet(bench_labels)[:DIGITS]
    rows = []
    for (model, modalities), answers in bench_predictions.groupby(
        ["model", "modalities"], sort=False
    ):
        known = identities.get(str(model), ModelIdentity(""))
        labels = answers.sort_values("clip_id")[["clip_id", "predicted"]].astype("object")
        pairs = labels.where(labels.notna(), None).to_numpy().tolist()
        digest = digest_json(pairs)[:DIGITS]
        rows.append(
            (model, modalities, known.model_id, data, digest, known.prompt, parser_version())
        )
    table = pd.DataFrame(rows, columns=list(VERSION_COLUMNS))
    named = table["prompt_version"].ne("")
    return table.assign(prompt_version=table["prompt_version"].where(named, None))


@cache
def parser_version() -> str:
    """Return a digest of the code and the data by which a reply becomes a label."""
    starts = [(_PARSER, "ReplyReader")]
    return find_reach(source_tree(["libra_emo"]), starts).digest[:DIGITS]
