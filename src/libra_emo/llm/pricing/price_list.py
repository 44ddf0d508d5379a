"""The list of prices in a file, and how it compares with another one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from libra_emo.errors import LibraEmoError
from libra_emo.llm.pricing.prices import MILLION, ModelPrice


class PriceError(LibraEmoError):
    """The price list is wrong, or lacks a model."""


class PriceList(BaseModel):
    """The price list and its date."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: datetime.date
    models: dict[str, ModelPrice] = {}

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
                f"model {model!r} has no price; add it to the price list, or say `free: true` at "
                "the voter if it is your own server"
            )
        return self.models[model]

    def __contains__(self, model: object) -> bool:
        """Tell whether a model has a price."""
        return model in self.models


def read_prices(text: str, name: str) -> PriceList:
    """Return the price list in a file's content.

    Raises:
        PriceError: Naming file and key of what is wrong.
    """
    try:
        return PriceList.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PriceError(f"{name}: not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PriceError(f"{name}: {place}: {first['msg']}") from error


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
    """Give what a figure is, ours, and the table's."""

    def there(key: str) -> float | None:
        return None if entry.get(key) is None else entry[key] * MILLION

    yield "question", price.question, there("input_cost_per_token")
    yield "answer", price.answer, there("output_cost_per_token")
    yield "sound", price.sound, there("input_cost_per_audio_token")
    yield "context_tokens", price.context_tokens, entry.get("max_input_tokens")
    if price.long is not None:
        above = f"above_{price.long.above_tokens // 1000}k_tokens"
        yield "long question", price.long.question, there(f"input_cost_per_token_{above}")
        yield "long answer", price.long.answer, there(f"output_cost_per_token_{above}")
