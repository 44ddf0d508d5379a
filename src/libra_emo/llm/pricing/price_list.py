"""The price list in a file, and its comparison with another one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from libra_emo.common.options import Options, describe_error
from libra_emo.errors import LibraEmoError
from libra_emo.llm.pricing.prices import MILLION, ModelPrice


class PriceError(LibraEmoError):
    """The price list is wrong, or has no price for a model."""


class PriceList(Options):
    """The price list and its date."""

    date: datetime.date
    models: dict[str, ModelPrice] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _prefixed(self) -> Self:
        for name in self.models:
            if "/" not in name:
                raise ValueError(f"{name!r} lacks its provider, such as openai/{name}")
        return self

    def __getitem__(self, model: str) -> ModelPrice:
        """Return a model's price.

        Raises:
            PriceError: If there is none.
        """
        if model not in self.models:
            raise PriceError(
                f"model {model!r} has no price; add it to the price list, or set `free: true` at "
                "the voter if it is your own server"
            )
        return self.models[model]

    def __contains__(self, model: object) -> bool:
        """Return whether a model has a price."""
        return model in self.models


def read_prices(text: str, name: str) -> PriceList:
    """Return the price list in a file's content.

    Raises:
        PriceError: If it is wrong; the message names file and key.
    """
    try:
        return PriceList.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PriceError(f"{name}: not YAML: {error}") from error
    except ValidationError as error:
        raise PriceError(f"{name}: {describe_error(error)}") from error


def compare_with_table(prices: PriceList, table: Mapping[str, Any]) -> list[str]:
    """Return a line for each figure that another table, in litellm's form, gives differently."""
    lines = []
    for name, price in prices.models.items():
        entry = table.get(name) or table.get(name.split("/", 1)[1]) or {}
        for kind, ours, theirs in _figures(price, entry):
            if ours is not None and theirs is not None and abs(ours - theirs) > 1e-6:
                lines.append(f"{name}: {kind} {ours:g} here, {theirs:g} there")
        if not entry:
            lines.append(f"{name}: no price there")
        if price.long is None and any("input_cost_per_token_above" in key for key in entry):
            lines.append(f"{name}: long questions have a price of their own there")
    return lines


def _figures(
    price: ModelPrice, entry: Mapping[str, Any]
) -> Iterator[tuple[str, float | None, float | None]]:
    """Yield the name of each figure, ours, and the table's."""

    def read(key: str) -> float | None:
        return None if entry.get(key) is None else entry[key] * MILLION

    yield "question", price.question, read("input_cost_per_token")
    yield "answer", price.answer, read("output_cost_per_token")
    yield "sound", price.sound, read("input_cost_per_audio_token")
    yield "context_tokens", price.context_tokens, entry.get("max_input_tokens")
    yield "answer_tokens", price.answer_tokens, entry.get("max_output_tokens")
    if price.long is not None:
        above = f"above_{price.long.above_tokens // 1000}k_tokens"
        yield "long question", price.long.question, read(f"input_cost_per_token_{above}")
        yield "long answer", price.long.answer, read(f"output_cost_per_token_{above}")
