from dataclasses import replace
from pathlib import Path

import pytest
from support.llm_clips import clip_names, make_shards
from support.llm_questions import ENCODING, PROMPT, make_question, model_settings

from libra_emo.llm.client.forms import choose_form
from libra_emo.llm.ledger.errors import LedgerError
from libra_emo.llm.ledger.ledger import Ledger, RecordedAnswer
from libra_emo.llm.request.question import Question


@pytest.fixture
def question(tmp_path: Path) -> Question:
    source, model = make_shards(tmp_path / "shards", 1), model_settings("http://x").model
    plain = make_question(source, model, PROMPT, ENCODING, clip_names(1)[0])
    return replace(plain, response_format={"type": "json_schema"}, plain=plain)


def answered(question: Question, described: str | None = None) -> RecordedAnswer:
    asked = question.describe() if described is None else described
    return RecordedAnswer(question.key, asked, "answered", "sad;He cries.")


def test_the_form_that_has_an_answer_counts_and_the_schema_comes_first(
    tmp_path: Path, question: Question
) -> None:
    assert question.plain is not None
    with Ledger(tmp_path / "a.sqlite") as ledger:
        assert choose_form(ledger, question) == (question, False, None)
        ledger.add([answered(question.plain)])
        chosen = choose_form(ledger, question)
        assert (chosen.question, chosen.plain) == (question.plain, True) and chosen.answer
        ledger.add([answered(question)])
        assert choose_form(ledger, question)[:2] == (question, False)


def test_a_model_that_takes_no_schema_is_asked_without_it(
    tmp_path: Path, question: Question
) -> None:
    with Ledger(tmp_path / "a.sqlite") as ledger:
        ledger.record_plain(question.model.address).result()
        assert choose_form(ledger, question) == (question.plain, True, None)


def test_the_answer_of_another_question_is_an_error(tmp_path: Path, question: Question) -> None:
    other = question.describe().replace('"sound":true', '"sound":false')
    with Ledger(tmp_path / "a.sqlite") as ledger:
        ledger.add([answered(question, other)])
        with pytest.raises(LedgerError, match="that of another question"):
            choose_form(ledger, question)
