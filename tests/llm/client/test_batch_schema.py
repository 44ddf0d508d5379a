"""Questions with a schema of the reply through the batch interface."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from support.batch_server import serving_batches
from support.llm_clips import clip_names, make_shards
from support.llm_questions import ENCODING, PROMPT, ask, make_question, model_settings, questions
from support.openai_server import Arrived, Behaviour

from libra_emo.llm.client.settings import LazyQuestion, ModelSettings
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.llm.request.question import Question
from libra_emo.llm.request.reply_schema import build_response_format
from libra_emo.media.shards import ShardReader
from libra_emo.taxonomy import read_taxonomy

COUNT = 6
FORM = build_response_format(["sad", "angry"], "cannot_tell")
REPLY = '{"emotion": "sad", "explanation": "He lowers his head."}'


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ShardReader:
    return make_shards(tmp_path_factory.mktemp("shards"), COUNT)


def with_schema(make: Callable[[], Question]) -> Question:
    question = make()
    return replace(question, response_format=FORM, plain=question)


def by_schema(source: ShardReader, settings: ModelSettings) -> list[LazyQuestion]:
    names = clip_names(COUNT)
    ways = [partial(make_question, source, settings.model, PROMPT, ENCODING, n) for n in names]
    return [partial(with_schema, way) for way in ways]


def in_batch(url: str) -> ModelSettings:
    return model_settings(url, batch=True, batch_poll_s=0.05, schema=True)


def answer(number: int, arrived: Arrived) -> Behaviour:
    if "response_format" in arrived.parameters:
        return Behaviour(text=REPLY)
    return Behaviour()


def refuse(number: int, arrived: Arrived) -> Behaviour:
    if "response_format" in arrived.parameters:
        error = {"message": "Invalid parameter: 'response_format' of type 'json_schema'"}
        return Behaviour("status", status=400, error=error)
    return Behaviour()


def test_the_schema_as_sent_in_each_line_and_the_reply_as_read(
    tmp_path: Path, source: ShardReader
) -> None:
    with serving_batches(answer) as server:
        settings = in_batch(server.url)
        tally = ask(tmp_path / "a", [(settings, by_schema(source, settings))])["one"]
        assert (tally.answered, tally.failed, tally.stopped) == (COUNT, 0, None)
        assert len(server.arrived) == 1, "the first question shows whether it takes a schema"
        assert len(server.lines) == COUNT - 1
        for line in (*server.arrived, *server.lines):
            assert line.parameters["response_format"] == FORM
        again = ask(tmp_path / "a", [(settings, by_schema(source, settings))])["one"]
        assert again.known == COUNT and len(server.batches) == 1
    reader = ReplyReader(Lexicon(read_taxonomy()), "schema")
    with Ledger(tmp_path / "a") as ledger:
        read = [reader.read(row.reply, row.finish) for row in ledger.answers()]
    assert [reply[:3] for reply in read] == [("ok", "sad", "He lowers his head.")] * COUNT
    assert tally.plain == set()


def test_a_model_without_schemas_is_asked_in_words_and_one_line_is_said(
    tmp_path: Path, source: ShardReader, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a"
    with serving_batches(refuse) as server, caplog.at_level(logging.WARNING, "libra_emo"):
        settings = in_batch(server.url)
        tally = ask(path, [(settings, by_schema(source, settings))])["one"]
        assert (tally.answered, tally.failed, tally.stopped) == (COUNT, 0, None)
        assert tally.plain == set(clip_names(COUNT))
        assert len(server.arrived) + len(server.lines) == COUNT + 1
        words = ask(path, [(settings, questions(source, settings, COUNT))])["one"]
        assert words.known == COUNT, "they are the questions in words"
    lines = [record for record in caplog.records if "takes no schema" in record.getMessage()]
    assert len(lines) == 1 and "\n" not in lines[0].getMessage()
