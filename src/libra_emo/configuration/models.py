"""Models that are asked, checked before anything runs: prices, prompts, what they can take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

from libra_emo.configuration.loader import ConfigurationError

if TYPE_CHECKING:
    from libra_emo.llm.options import ModelOptions
    from libra_emo.llm.pricing.price_list import PriceList


def check_models(
    parameters: dict[str, Any],
    groups: Collection[str],
    load_prices: Callable[[], PriceList],
    place_of: Callable[[str], str],
) -> None:
    """Raise unless every model that a run asks has a price and a prompt, and takes what it is sent.

    Args:
        parameters: All parameters, merged and checked.
        groups: Parameter groups that the run's nodes read.
        load_prices: Function that returns the price list; called only if a model is asked.
        place_of: Parameter → file that gives it its value.

    Raises:
        ConfigurationError: If one does not; the message names the file and the full key.
    """
    asked = dict(asked_models(parameters, groups))
    if not asked:
        return
    from libra_emo.llm.client.model import ModelError, price_of
    from libra_emo.llm.request.prompts import PromptError, read_prompt

    prices = load_prices()
    for key, options in asked.items():
        try:
            price_of(options, prices)
        except ModelError as error:
            full = f"{key}.{error.key}"
            raise ConfigurationError(f"{place_of(full)}: {full}: {error}") from error
        own = getattr(options, "prompt_file", None)
        if own is not None:
            full = f"{key}.prompt_file"
            try:
                read_prompt(own, full)
            except PromptError as error:
                raise ConfigurationError(f"{place_of(full)}: {error}") from error


def asked_models(
    parameters: dict[str, Any], groups: Collection[str]
) -> Iterator[tuple[str, ModelOptions]]:
    """Give key and options of every model among voters, writer, and evaluated models."""
    if "voting" in groups and "voting" in parameters:
        from libra_emo.voting.options import VotingOptions

        voting = VotingOptions.model_validate(parameters["voting"])
        for place, voter in enumerate(voting.voters):
            if voter.kind == "llm":
                yield f"voting.voters.{place}", voter
    if "explanation" in groups and "explanation" in parameters:
        from libra_emo.explanations.options import ExplanationOptions

        writer = ExplanationOptions.model_validate(parameters["explanation"]).writer
        if writer.kind == "llm":
            yield "explanation.writer", writer
    if "evaluation" in groups and "evaluation" in parameters:
        from libra_emo.evaluation.options import EvaluationOptions

        evaluation = EvaluationOptions.model_validate(parameters["evaluation"])
        for place, model in enumerate(evaluation.models):
            if model.model is not None:
                yield f"evaluation.models.{place}", model
