"""Models and questions for tests of the client."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from libra_emo.llm.client.ask import Client
from libra_emo.llm.client.settings import LazyQuestion, ModelSettings, Tally
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.prices import ModelPrice, PictureRule
from libra_emo.llm.request.attachments import ClipSource, Encoding, attach
from libra_emo.llm.request.prompts import Prompt
from libra_emo.llm.request.question import Model, Question
from support.llm_clips import clip_names
from support.openai_server import KEY

PRICE = ModelPrice(  # a model that does not think
    answer_tokens=60,
    question=2.0, answer=10.0, pictures=PictureRule(rule="fixed", tokens=100),
    sound_tokens_per_second=32,
)  # fmt: skip
ENCODING = Encoding(frames=16, frame_pixels=448, jpeg_quality=85, sound=True, sound_format="wav")
PROMPT = Prompt(
    "{% block system %}You label clips.{% endblock %}"
    "{% block user %}Subtitle: {{ subtitle }}. Which of sad, angry?{% endblock %}",
    "test.jinja",
)


def model_settings(url: str, name: str = "one", **more: Any) -> ModelSettings:
    parameters = {"temperature": 0, "max_tokens": 60, **more.pop("parameters", {})}
    model = Model(more.pop("model", "openai/m"), url, "the test server", parameters)
    fields = {
        "api_key": SecretStr(KEY),
        "price": PRICE,
        "first_wait_s": 0.05,
        "timeout_s": 10,
        **more,
    }
    return ModelSettings(name=name, model=model, **fields)


def make_question(
    source: ClipSource, model: Model, prompt: Prompt, encoding: Encoding, clip_id: str
) -> Question:
    rendered = prompt.render(subtitle=f"words of {clip_id}")
    attachments = attach(source.raw(clip_id), clip_id, encoding)
    return Question(clip_id, model, rendered, prompt.version, attachments, 0.5)


def questions(
    source: ClipSource,
    settings: ModelSettings,
    clips: int | Iterable[str],
    prompt: Prompt = PROMPT,
    encoding: Encoding = ENCODING,
) -> list[LazyQuestion]:
    names = clip_names(clips) if isinstance(clips, int) else clips
    return [
        partial(make_question, source, settings.model, prompt, encoding, name) for name in names
    ]


def ask(
    path: Path,
    models: list[tuple[ModelSettings, list[LazyQuestion]]],
    ceiling_usd: float = 100.0,
    **more: Any,
) -> dict[str, Tally]:
    with Ledger(path) as ledger:
        client = Client(ledger, "voting", ceiling_usd, lambda: "2026-01-01T00:00:00Z", **more)
        return client.ask(models)
