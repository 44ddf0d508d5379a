"""Texts that are requested by a schema, of servers with the protocols of all providers."""

import logging
from pathlib import Path

import pandas as pd
import pytest
from support.llm_clips import make_shards
from support.llm_explaining import (
    GOOD,
    as_json,
    clip_of,
    explain,
    label_of,
    options,
    quoted,
)
from support.llm_voting import TAXONOMY
from support.openai_server import Arrived, Behaviour, OpenAIServer, serving
from support.provider_servers import AnthropicServer, GoogleServer, sent_enums

from libra_emo.explanations.options import ExplanationOptions

COUNT = 4
ENUM = [*TAXONOMY.labels, "cannot_tell"]
SERVERS: dict[str, tuple[type[OpenAIServer], str]] = {
    "openai": (OpenAIServer, "openai/gpt-4o-2024-11-20"),
    "vllm": (OpenAIServer, "hosted_vllm/Qwen2.5-VL"),
    "gemini": (GoogleServer, "gemini/gemini-2.5-flash"),
    "anthropic": (AnthropicServer, "anthropic/claude-sonnet-4-6"),
}
REFUSAL = "I'm sorry, but I cannot identify what the people in these pictures feel."


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    make_shards(folder, COUNT)
    return folder


def by_schema(server: OpenAIServer, model: str, **more: object) -> ExplanationOptions:
    own_protocol = model.startswith("anthropic/")
    url = server.url.removesuffix("/v1") if own_protocol else server.url
    writer = {"model": model, "free": True, "modalities": "VT", "reply_form": "schema"}
    return options(url, writer, **more)


@pytest.mark.parametrize("kind", list(SERVERS))
def test_the_schema_as_sent_and_the_text_as_read(shards: Path, tmp_path: Path, kind: str) -> None:
    build, model = SERVERS[kind]

    def plan(number: int, arrived: Arrived) -> Behaviour:
        clip, label = clip_of(arrived), label_of(arrived)
        good = as_json(label, GOOD.format(clip))
        bad = [good, as_json("cannot_tell", ""), as_json("sad", GOOD.format(clip)),
               as_json(label, REFUSAL)]  # fmt: skip
        again = "This is request" in arrived.user
        return Behaviour(text=good if again and clip == 2 else bad[clip])

    server = build(plan)
    try:
        texts, attempts, _ = explain(
            shards, tmp_path / "a", COUNT, by_schema(server, model, max_attempts=2)
        )
    finally:
        server.close()
    assert len(server.arrived) == 2 * COUNT - 1
    for arrived in server.arrived:
        assert sent_enums(arrived.parameters) == [ENUM]
        assert '"emotion"' in arrived.user and '"cannot_tell"' in arrived.user
    assert texts["status"].tolist() == ["ok", "refused", "ok", "refused"]
    assert attempts["status"].tolist()[3] == "wrong_emotion"
    assert texts["explanation"].tolist()[0] == GOOD.format(0)


def test_a_model_without_schemas_is_asked_in_words_and_one_line_is_said(
    shards: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        if "response_format" in arrived.parameters:
            error = {"message": "Unknown parameter: response_format"}
            return Behaviour("status", status=400, error=error)
        assert "cannot_tell" not in arrived.user
        return Behaviour(text=as_json(label_of(arrived), GOOD.format(clip_of(arrived))))

    with serving(plan) as server, caplog.at_level(logging.WARNING, "libra_emo"):
        first = explain(shards, tmp_path / "a", COUNT, by_schema(server, "openai/old"))
        assert len(server.arrived) == COUNT + 1
        again = explain(shards, tmp_path / "a", COUNT, by_schema(server, "openai/old"))
        assert len(server.arrived) == COUNT + 1, "the second run knows"
    assert first[0]["status"].tolist() == ["ok"] * COUNT
    pd.testing.assert_frame_equal(first[0], again[0])
    lines = [record for record in caplog.records if "takes no schema" in record.getMessage()]
    assert len(lines) == 1 and "\n" not in lines[0].getMessage()


def test_the_words_of_a_request_without_schema_are_as_ever(shards: Path, tmp_path: Path) -> None:
    """Answers that were paid for with the form in words are not paid for again."""

    def plan(number: int, arrived: Arrived) -> Behaviour:
        assert "response_format" not in arrived.parameters
        return Behaviour(text=as_json(label_of(arrived), GOOD.format(clip_of(arrived))))

    with serving(plan) as server:
        explain(shards, tmp_path / "a", COUNT, options(server.url, {"modalities": "VT"}))
        schema = options(server.url, {"modalities": "VT", "reply_form": "schema"})
        texts, _, _ = explain(shards, tmp_path / "a", COUNT, schema)
        assert len(server.arrived) == COUNT
        assert quoted(shards, tmp_path / "a", schema, COUNT)[:3] == (COUNT, COUNT, 0)
    assert texts["status"].tolist() == ["ok"] * COUNT
