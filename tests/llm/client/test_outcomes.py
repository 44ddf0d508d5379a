from libra_emo.llm.client.outcomes import describe_failures, fails_too_often
from libra_emo.llm.client.settings import Tally


def test_failures_are_described_with_the_last_one() -> None:
    tally = Tally(known=1, answered=5, failed=3, last_failure="at most 1 image")
    assert describe_failures("voter 'a'", tally) == (
        "voter 'a': 3 of 9 questions failed, the last: at most 1 image"
    )
    assert describe_failures("voter 'a'", Tally(answered=3)) is None


def test_too_many_failures() -> None:
    assert fails_too_often(Tally(failed=3), 0.5)
    assert not fails_too_often(Tally(answered=3, failed=3), 0.5)
    assert not fails_too_often(Tally(), 0.0)
