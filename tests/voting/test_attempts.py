from libra_emo.llm.ledger.ledger import RecordedAnswer
from libra_emo.llm.replies.reader import Reply
from libra_emo.voting.attempts import Attempt, vote_row


def answer(tokens: int | None, cost: float | None) -> RecordedAnswer:
    return RecordedAnswer("k", "{}", "answered", "x", None, None, tokens, tokens, cost, 1.0)


def test_the_last_reply_decides_and_all_of_them_cost() -> None:
    attempts = [
        Attempt(answer(10, 0.1), Reply("out_of_form")),
        Attempt(answer(20, 0.2), Reply("ok", "sad", "He cries."), {"sad": 0.9, "angry": 0.1}),
    ]
    row = vote_row("c", "v", attempts)
    assert (row["status"], row["label"], row["prompt_tokens"]) == ("ok", "sad", 30)
    assert abs(row["cost_usd"] - 0.3) < 1e-9 and row["seconds"] == 2.0
    assert (row["p_sad"], row["p_angry"]) == (0.9, 0.1)


def test_without_an_answer_the_vote_failed() -> None:
    row = vote_row("c", "v", [])
    assert (row["status"], row["label"], row["cost_usd"]) == ("failed", None, None)


def test_an_unknown_number_of_tokens_stays_unknown() -> None:
    assert vote_row("c", "v", [Attempt(answer(None, 0.1), Reply("empty"))])["prompt_tokens"] is None
