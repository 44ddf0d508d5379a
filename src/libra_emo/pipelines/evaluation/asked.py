"""The models that are asked about the bench: as voters are asked, with a budget of their own."""

from __future__ import annotations

import pandas as pd

from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.options import EvaluatedModel, EvaluationOptions
from libra_emo.llm.client.model import LlmResources
from libra_emo.llm.client.progress import SpendingDisplay, utc_now
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.options import LabellerOptions, LabellingOptions
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.attachments import ClipSource
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.schemas import MachineVotes, check, empty
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.llm_voter import LlmVoter
from libra_emo.voting.options import VoterOptions, VotingOptions
from libra_emo.voting.polling import poll

BUDGET = "evaluation"


def ask_models(
    features: pd.DataFrame,
    bench_labels: pd.DataFrame,
    clip_shards: ClipSource,
    evaluation_answers: Ledger,
    annotate_prompt: Prompt,
    prices: PriceList,
    llm_keys: Keys,
    taxonomy: Taxonomy,
    evaluation: EvaluationOptions,
    seed: int,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> pd.DataFrame:
    """Return bench_answers: MachineVotes of the models of `evaluation.models` that are asked.

    Each answer is in the ledger before it is counted, so that a second run asks and pays for
    nothing twice. Without such models the table is empty.

    Raises:
        EvaluationError: If a clip of the bench has no features.
        VoterError: If a model cannot be asked as configured.
        VotersStopped: If a model could not be asked any more, or failed too often.
    """
    with evaluation_answers:
        if not evaluation.asked:
            return empty(MachineVotes)
        clips = _bench_clips(features, bench_labels)
        prompt = annotate_prompt.with_values(person_meant=person_meant)
        resources = LlmResources(
            clip_shards, evaluation_answers, prompt, prices, llm_keys, seed, utc_now
        )
        models = build_labellers(evaluation, taxonomy, resources)
        questions = len(clips) * len(models)
        with SpendingDisplay(evaluation.max_cost_usd, questions) as display:
            votes, _ = poll(
                models, clips, as_voting(evaluation), display.show, budget=BUDGET, who="model"
            )
    return check(votes.sort_values(["voter", "clip_id"], ignore_index=True), MachineVotes)


def build_labellers(
    evaluation: EvaluationOptions, taxonomy: Taxonomy, resources: LlmResources
) -> list[LlmVoter]:
    """Return the models that are asked, in the order of the options."""
    voting = as_voting(evaluation)
    return [
        LlmVoter(
            voter, voting.model_copy(update={"label_set": model.label_set}), taxonomy, resources
        )
        for model, voter in zip(evaluation.asked, voting.voters, strict=True)
    ]


def as_voting(evaluation: EvaluationOptions) -> VotingOptions:
    """Return options of a vote in which the evaluated models that are asked are the voters."""
    shared = {name: getattr(evaluation, name) for name in LabellingOptions.model_fields}
    voters = tuple(_as_voter(model) for model in evaluation.asked)
    return VotingOptions(voters=voters, min_agreement=1, **shared)


def _as_voter(model: EvaluatedModel) -> VoterOptions:
    shared = {name: getattr(model, name) for name in LabellerOptions.model_fields}
    return VoterOptions(kind="llm", **shared)


def _bench_clips(features: pd.DataFrame, bench_labels: pd.DataFrame) -> pd.DataFrame:
    clips = features[features["clip_id"].isin(bench_labels["clip_id"])].sort_values("clip_id")
    missing = sorted(set(bench_labels["clip_id"]) - set(clips["clip_id"]))
    if missing:
        raise EvaluationError(
            f"{len(missing)} of {len(bench_labels)} clips of the bench have no features, the first "
            f"is {missing[0]}; run preprocessing again"
        )
    return clips
