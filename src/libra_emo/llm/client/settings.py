"""Settings of a model that is asked, and the tally of its questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from libra_emo.llm.client.rate_limit import RateLimit
from libra_emo.llm.ledger.ledger import Money
from libra_emo.llm.pricing.prices import Content, ModelPrice
from libra_emo.llm.request.question import Model, Question

MOST_ANSWER_TOKENS = 4096
"""Number of tokens that is assumed for an answer if no parameter limits it."""
UNKNOWN_ANSWER_TOKENS = 16_384
"""Number of tokens that a gateway's model may write if the price list has no `answer_tokens`."""
LIMITING_PROVIDERS = ("openai/", "gemini/", "anthropic/")
"""Providers whose limit of an answer's tokens, by their own pages, holds its thinking, too."""
OVERRUN_MARGIN = 1.1
"""Factor by which the next call may cost more than the most expensive one so far."""

_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens")

LazyQuestion = Callable[[], Question]
"""A question that is made when it is needed, since making it reads the clip's files."""


@dataclass(frozen=True)
class ModelSettings:
    """Settings by which a model is asked.

    Attributes:
        name: Name of the voter or writer that asks.
        model: The model.
        price: Its price.
        api_key: Key to send; None if the environment has it or the server needs none.
        calls_at_once: Number of calls in flight at the same time.
        requests_per_minute: Rate limit, None for none; models of one provider share the stricter.
        tokens_per_minute: Rate limit in tokens, shared in the same way.
        timeout_s: Time limit of one call, from sending to the last byte.
        tries: Number of calls for one question before it counts as failed.
        first_wait_s: Wait before the second try if the provider asks for none; it doubles each
            time.
        batch: Whether the provider's batch interface is used.
        batch_poll_s: Seconds between two checks whether a batch has ended.
        schema: Whether its replies are requested by a schema.
    """

    name: str
    model: Model
    price: ModelPrice
    api_key: SecretStr | None = None
    calls_at_once: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout_s: float = 120.0
    tries: int = 6
    first_wait_s: float = 1.0
    batch: bool = False
    batch_poll_s: float = 60.0
    schema: bool = False

    @property
    def charged(self) -> ModelPrice:
        """The price that is charged: half of it in a batch."""
        return self.price.halved() if self.batch else self.price

    @property
    def limit_holds(self) -> bool:
        """Whether the limit of an answer's tokens that is sent bounds all that is billed.

        A gateway may apply it to the answer that is seen, and bill the thinking beside it.
        """
        return self.model.api_base is None and self.model.name.startswith(LIMITING_PROVIDERS)

    @property
    def may_bill_thinking(self) -> bool:
        """Whether more may be billed for an answer than the limit that is sent."""
        most = self.price.answer_tokens or UNKNOWN_ANSWER_TOKENS
        longer = most > count_answer_tokens(self.model.parameters)
        return not self.limit_holds and longer and self.price.answer > 0

    def longest_answer(self, content: Content) -> int:
        """Return the largest number of tokens that may be billed for an answer."""
        if self.limit_holds:
            return content.answer_tokens
        return max(content.answer_tokens, self.price.answer_tokens or UNKNOWN_ANSWER_TOKENS)


@dataclass
class Tally:
    """Counts of a model's questions.

    Attributes:
        keys: Clip → key of its question.
        known: Number of questions that had an answer before this run.
        answered: Number of questions that were answered in this run.
        failed: Number of questions without an answer after all tries.
        stopped: Reason for which no further question is asked; None while there is none.
        failures_in_a_row: Number of failed questions since the last answer.
        last_failure: How the last question failed that did.
        plain: Clips that were asked without a schema, since the model takes none.
    """

    keys: dict[str, str] = field(default_factory=dict)
    known: int = 0
    answered: int = 0
    failed: int = 0
    stopped: str | None = None
    failures_in_a_row: int = 0
    last_failure: str | None = None
    plain: set[str] = field(default_factory=set)

    def ask(self, question: Question, plain: bool) -> None:
        """Record which question is asked about a clip.

        Args:
            question: The question.
            plain: Whether it stands for one with a schema.
        """
        self.keys[question.clip_id] = question.key
        if plain:
            self.plain.add(question.clip_id)

    @property
    def done(self) -> int:
        """Number of questions that have ended."""
        return self.known + self.answered + self.failed


OnProgress = Callable[[str, Tally, Money], None]
"""Called after each question with the model's name, its tally, and the budget's money."""


def ignore_progress(name: str, tally: Tally, money: Money) -> None:
    """Do nothing."""


def content_of(question: Question, settings: ModelSettings) -> Content:
    """Return the parts of a question that cost money."""
    return Content(
        words=question.prompt.system + question.prompt.user,
        pictures=question.attachments.sizes(),
        sound_seconds=question.sound_seconds,
        answer_tokens=count_answer_tokens(settings.model.parameters),
    )


def count_answer_tokens(parameters: Mapping[str, Any]) -> int:
    """Return the largest number of tokens that all answers to a question may have.

    Thinking counts as answer, within the limit or beside it, and each of `n` answers is billed.
    """
    places = [parameters, parameters.get("extra_body"), parameters.get("generationConfig")]
    found = [place for place in places if isinstance(place, Mapping)]
    limits = [place[name] for place in found for name in _LIMITS if _is_count(place.get(name))]
    thinking = parameters.get("thinking")
    budget = thinking.get("budget_tokens") if isinstance(thinking, Mapping) else None
    several = [place["n"] for place in found if _is_count(place.get("n"))]
    tokens = max(limits, default=MOST_ANSWER_TOKENS)
    tokens += int(budget) if budget is not None and _is_count(budget) else 0
    return int(tokens * max(several, default=1))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def share_rate_limits(models: Iterable[ModelSettings]) -> dict[str, RateLimit]:
    """Return one rate limit for each provider, the strictest of its models."""
    by_provider: dict[str, list[ModelSettings]] = {}
    for settings in models:
        by_provider.setdefault(settings.model.provider, []).append(settings)
    return {
        provider: RateLimit(
            min((s.requests_per_minute for s in some if s.requests_per_minute), default=None),
            min((s.tokens_per_minute for s in some if s.tokens_per_minute), default=None),
        )
        for provider, some in by_provider.items()
    }
