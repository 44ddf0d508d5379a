import pytest

from libra_emo.llm.replies.labels import SEVERAL, LabelFinder
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.scores import read_score_object, read_scores
from libra_emo.taxonomy import read_taxonomy

FINDER = LabelFinder(Lexicon(read_taxonomy()))


@pytest.mark.parametrize(
    "text",
    [
        *("angry: 0.1, sad: 0.8", "Angry: 10 %\nSad: 85 %", "Happy: No / Sad: Yes"),
        *("sad=0.9; angry=.1", "Angry: 2/10. Sad: 9/10.", "neutral: low\nsad: high"),
        *("Scores:\nangry (0,1), sad (0,9)", "愤怒：0.1，悲伤：0.9", "Happy: ✗\nSad: ✓"),
    ],
)
def test_the_best_score_is_the_label(text: str) -> None:
    found = read_scores(text, FINDER)
    assert found is not None and found.label == "sad"


@pytest.mark.parametrize("text", ["sad: 0.5, angry: 0.5", "sad: no, angry: no", "sad: 0"])
def test_without_one_best_score_there_is_no_label(text: str) -> None:
    assert read_scores(text, FINDER) is SEVERAL


@pytest.mark.parametrize("text", ["sad;He cries.", "sad: he cries", "bored: 0.9, sad: 0.1", ""])
def test_other_texts_are_no_scores(text: str) -> None:
    assert read_scores(text, FINDER) is None


def test_objects_of_scores() -> None:
    found = read_score_object({"angry": 0.1, "Sadness": "90 %"}, FINDER)
    assert found is not None and found.label in ("sad", "angry")
    assert read_score_object({"emotions": {"angry": 1, "sad": 2}}, FINDER) == ("sad", ("scores",))
    assert read_score_object({"angry": "loud", "sad": 2}, FINDER) is None
