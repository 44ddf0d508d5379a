"""How a voter asks, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pydantic import SecretStr

from libra_emo.llm.client.rate_limit import Pace
from libra_emo.llm.ledger.ledger import Money
from libra_emo.llm.pricing.prices import Content, ModelPrice
from libra_emo.llm.request.question import Model, Question

MOST_ANSWER_TOKENS = 4096
"""Counted for an answer where no parameter limits it."""
SURPRISE_MARGIN = 1.1
"""How much dearer than the dearest so far the next call is expected to be."""

Maker = Callable[[], Question]


@dataclass(frozen=True)
class Asking:
    """How a voter asks.

    Attributes:
        name: The voter.
        model: Whom it asks.
        price: What that costs.
        api_key: None where the environment has it, or the server wants none.
        calls_at_once: Calls in flight together.
        requests_per_minute: None for no limit; voters of one provider share the stricter one.
        tokens_per_minute: As well.
        timeout_s: For one call, from sending to the last byte.
        tries: Calls for one question before it counts as failed.
        first_wait_s: Before the second try, where the provider does not say; then doubling.
        batch: Whether it asks through the provider's batch interface.
        batch_poll_s: How often it looks whether a batch has ended.
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

    @property
    def charged(self) -> ModelPrice:
        """What a question costs the way that it is put."""
        return self.price.halved() if self.batch else self.price


@dataclass
class Tally:
    """How far a voter has come.

    Attributes:
        keys: Clip → the key of its question.
        known: Questions whose answer was there already.
        answered: Questions answered in this run.
        failed: Questions without an answer after all tries.
        stopped: Why the voter stopped, if it did.
    """

    keys: dict[str, str] = field(default_factory=dict)
    known: int = 0
    answered: int = 0
    failed: int = 0
    stopped: str | None = None
    failures_in_a_row: int = 0

    @property
    def done(self) -> int:
        """Questions that have ended."""
        return self.known + self.answered + self.failed


Tell = Callable[[str, Tally, Money], None]


def content_of(question: Question, asking: Asking) -> Content:
    """Return what a question has that costs."""
    return Content(
        words=question.wording.system + question.wording.user,
        pictures=question.enclosures.sizes(),
        sound_seconds=question.seconds_of_sound,
        answer_tokens=int(asking.model.parameters.get("max_tokens", MOST_ANSWER_TOKENS)),
    )


def share_paces(voters: Iterable[Asking]) -> dict[str, Pace]:
    """Return one pace a provider, by the strictest limits of its voters."""
    limits: dict[str, list[Asking]] = {}
    for asking in voters:
        limits.setdefault(asking.model.provider, []).append(asking)
    return {
        provider: Pace(
            min((a.requests_per_minute for a in those if a.requests_per_minute), default=None),
            min((a.tokens_per_minute for a in those if a.tokens_per_minute), default=None),
        )
        for provider, those in limits.items()
    }
