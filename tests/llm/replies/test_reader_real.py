"""Free-text answers that a model really gave to film clips, with people's labels beside them."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from support.shared_files import shared_file

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import Reply, ReplyReader
from libra_emo.llm.replies.rule_table import count_rules
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
FILE = "labels/mllm_text_afew/qwen2.5-vl-3b_dev_prompt2.csv"
LEXICON = Lexicon(TAXONOMY, TAXONOMY.coarse_labels)


@pytest.fixture(scope="module")
def answers() -> list[str]:
    return list(pd.read_csv(shared_file(FILE))["text"])


@pytest.fixture(scope="module")
def read(answers: list[str]) -> list[Reply]:
    return [ReplyReader(LEXICON, prose=True).read(answer) for answer in answers]


def test_prose_is_no_vote_unless_that_is_asked_for(answers: list[str], read: list[Reply]) -> None:
    assert len(read) == len(answers) == 411
    assert {reply.status for reply in read} == {"repaired", "out_of_form"}
    strict = [ReplyReader(LEXICON).read(answer) for answer in answers]
    assert {(reply.status, reply.label) for reply in strict} == {("out_of_form", None)}


def test_answers_that_list_every_emotion_have_no_label(
    answers: list[str], read: list[Reply]
) -> None:
    plain = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral")
    lists = [
        reply
        for answer, reply in zip(answers, read, strict=True)
        if all(word in answer.lower() for word in plain)
    ]
    assert len(lists) == 26, "the known number of such answers in this file"
    assert {reply.status for reply in lists} == {"out_of_form"}


def test_an_answer_without_any_emotion_gets_no_label(answers: list[str], read: list[Reply]) -> None:
    silent = [
        reply for answer, reply in zip(answers, read, strict=True) if not LEXICON.mentions(answer)
    ]
    assert silent and all(reply.status == "out_of_form" for reply in silent)


def test_no_neutral_without_the_word(answers: list[str], read: list[Reply]) -> None:
    for answer, reply in zip(answers, read, strict=True):
        if reply.label == "neutral":
            assert "neutral" in answer.lower()


def test_the_table_of_rules_accounts_for_every_answer(
    answers: list[str], read: list[Reply]
) -> None:
    table = count_rules(zip(answers, read, strict=True))
    first = [reply._replace(rules=reply.rules[:1]) for reply in read]
    assert count_rules(zip(answers, first, strict=True))["replies"].sum() == 411
    assert table.set_index("rule")["replies"]["only_mention"] > 200


def test_the_table_in_the_docs_is_the_one_that_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = Path(__file__).parents[3]
    found = importlib.util.spec_from_file_location("replies", root / "benchmarks/replies.py")
    assert found is not None and found.loader is not None
    benchmark = importlib.util.module_from_spec(found)
    found.loader.exec_module(benchmark)
    benchmark.main(str(shared_file(FILE)))
    printed = capsys.readouterr().out.strip()
    assert len(printed.splitlines()) > 16
    assert printed in (root / "docs/replies.md").read_text(encoding="utf-8")
