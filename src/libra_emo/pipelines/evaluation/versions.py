"""The versions that the numbers of the bench rest on, and the scores with them as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from libra_emo.evaluation.answers.table_answers import list_prompt_versions
from libra_emo.evaluation.options import EvaluatedModel, EvaluationOptions
from libra_emo.evaluation.scoring.tables import to_latex, to_markdown
from libra_emo.evaluation.scoring.versions import ModelIdentity, describe_versions
from libra_emo.evaluation.tables import MODEL
from libra_emo.llm.request.prompts import Prompt, read_prompt
from libra_emo.pipelines.evaluation.evaluated import read_predictions_file
from libra_emo.students import TrainingOptions
from libra_emo.students.multimodal.others_weights import is_checkpoint
from libra_emo.students.storage import read_card
from libra_emo.voting.options import VOTE, VotingOptions

MULTIMODAL = "multimodal"
PROMPT = "prompt"
TITLE = "Scores on the bench"


def list_versions(
    bench_predictions: pd.DataFrame,
    bench_labels: pd.DataFrame,
    annotate_prompt: Prompt,
    student: str,
    training: TrainingOptions,
    voting: VotingOptions,
    evaluation: EvaluationOptions,
) -> pd.DataFrame:
    """Return bench_versions, see `describe_versions`."""
    identities: dict[str, ModelIdentity] = {}
    for model in evaluation.models:
        if model.source == "student":
            prompt = _training_prompt(training) if student == MULTIMODAL else ""
            identities[model.name] = ModelIdentity(f"{student} student", prompt)
        elif model.source == "voters":
            identities |= dict(_voters(voting, annotate_prompt))
        else:
            identities[model.name] = _identify(model, annotate_prompt, training)
    return describe_versions(bench_predictions, bench_labels, identities)


def write_score_tables(bench_scores: pd.DataFrame, bench_versions: pd.DataFrame) -> tuple[str, str]:
    """Return bench_scores with the versions of each row as Markdown and as LaTeX."""
    table = bench_scores.merge(bench_versions, on=MODEL, how="left")
    return f"# {TITLE}\n\n{to_markdown(table)}", f"% {TITLE}\n{to_latex(table)}"


def _voters(voting: VotingOptions, annotate_prompt: Prompt) -> Iterator[tuple[str, ModelIdentity]]:
    for voter in voting.voters:
        if voter.kind == "cue":
            yield voter.name, ModelIdentity(f"cue: {voter.cue}")
        else:
            prompt = _own_prompt(voter.prompt_file, annotate_prompt)
            yield voter.name, ModelIdentity(str(voter.model), prompt)
    yield VOTE, ModelIdentity(f"{voting.min_agreement} of {len(voting.voters)} voters")


def _identify(
    model: EvaluatedModel, annotate_prompt: Prompt, training: TrainingOptions
) -> ModelIdentity:
    if model.model is not None:
        return ModelIdentity(model.model, _own_prompt(model.prompt_file, annotate_prompt))
    if model.path is not None:
        others = is_checkpoint(model.path)
        if model.prompt_file is not None:
            training = training.model_copy(update={"prompt_file": model.prompt_file})
        prompt = _training_prompt(training) if others else _saved_prompt(model.path)
        return ModelIdentity(model.path.name if model.path.is_dir() else str(model.path), prompt)
    assert model.predictions is not None  # noqa: S101 - the options have exactly one source
    table = read_predictions_file(model.predictions)
    versions = list_prompt_versions(table, model.predictions)
    return ModelIdentity(model.predictions.name, versions)


def _own_prompt(path: Path | None, annotate_prompt: Prompt) -> str:
    prompt = annotate_prompt if path is None else read_prompt(path, "prompt_file")
    return prompt.version


def _training_prompt(training: TrainingOptions) -> str:
    return read_prompt(training.prompt_file, "training.prompt_file").version


def _saved_prompt(folder: Path) -> str:
    """Return the version of the prompt that a saved student was trained with, if any."""
    text = read_card(folder).get(PROMPT)
    return Prompt(text, str(folder)).version if isinstance(text, str) else ""
