import json
from pathlib import Path

import pytest

from libra_emo.llm.ledger.ledger import Hold, Ledger, LedgerError, RecordedAnswer
from libra_emo.llm.ledger.recordings import export_answers, replay_answers

ANSWERS = [
    RecordedAnswer(
        "b", '{"model": "m"}', "answered", "悲伤;x", "stop", None, 10, 5, 0.000123, 1.5, "t"
    ),
    RecordedAnswer("a", "{}", "answered", "", None),
]


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.jsonl.gz"])
def test_a_recording_gives_the_same_answers_and_the_same_bytes(tmp_path: Path, name: str) -> None:
    with Ledger(tmp_path / "one.sqlite") as one, Ledger(tmp_path / "two.sqlite") as two:
        assert one.add(ANSWERS) == 2
        assert export_answers(one, tmp_path / name) == 2
        assert replay_answers(two, tmp_path / name) == 2
        assert replay_answers(two, tmp_path / name) == 0
        assert list(two.answers()) == sorted(ANSWERS, key=lambda answer: answer.key)
        assert two.money("voting").committed_usd == 0
        export_answers(two, tmp_path / f"again_{name}")
    assert (tmp_path / name).read_bytes() == (tmp_path / f"again_{name}").read_bytes()


def test_a_recorded_answer_takes_the_place_of_a_failed_call(tmp_path: Path) -> None:
    with Ledger(tmp_path / "one.sqlite") as ledger:
        claim = ledger.claim("a", "voting", Hold(1.0, 1.0), 2.0).result()
        ledger.settle(claim.reservation, RecordedAnswer("a", "{}", "failed"), billed=False).result()
        assert ledger.add([ANSWERS[1]]) == 1
        assert ledger.find(["a"])["a"].status == "answered"


@pytest.mark.parametrize(
    ("content", "message"),
    [("[1]", "line 1"), ('{"key": "a"}', "line 1"), ("x", "line 1"),
     ('{"key": "a", "asked": "{}", "status": "failed"}', "no answer")],
)  # fmt: skip
def test_a_file_that_is_no_recording(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.jsonl").write_text(content)
    with (
        Ledger(tmp_path / "one.sqlite") as ledger,
        pytest.raises(LedgerError, match=rf"x\.jsonl.*{message}"),
    ):
        replay_answers(ledger, tmp_path / "x.jsonl")
    with Ledger(tmp_path / "one.sqlite") as ledger, pytest.raises(LedgerError, match="cannot be"):
        replay_answers(ledger, tmp_path / "missing.jsonl")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"cost_usd": float("nan")}, "cost_usd is nan"),
        ({"cost_usd": float("inf")}, "cost_usd is inf"),
        ({"cost_usd": -0.5}, r"cost_usd is -0\.5"),
        ({"prompt_tokens": -3}, "prompt_tokens is -3"),
        ({"seconds": float("-inf")}, "seconds is -inf"),
        ({"asked": '{"key": "other"}'}, "its question has other"),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused_in_one_line(
    tmp_path: Path, fields: dict[str, object], message: str
) -> None:
    line = {"key": "a", "asked": '{"key": "a"}', "status": "answered", "reply": "sad;x", **fields}
    (tmp_path / "x.jsonl").write_text(json.dumps(line) + "\n")
    with (
        Ledger(tmp_path / "one.sqlite") as ledger,
        pytest.raises(LedgerError, match=rf"x\.jsonl, line 1: .*{message}") as raised,
    ):
        replay_answers(ledger, tmp_path / "x.jsonl")
    assert "\n" not in str(raised.value)
    with Ledger(tmp_path / "one.sqlite") as ledger:
        assert list(ledger.answers()) == []
