import pytest

from libra_emo.llm.replies.labels import SEVERAL, LabelFinder, affirmed_only
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.taxonomy import read_taxonomy

LEXICON = Lexicon(read_taxonomy())
FINDER = LabelFinder(LEXICON)


@pytest.mark.parametrize(
    "text",
    [
        "sad",
        "Sad😢",
        "slightly sad",
        "very sad",
        "sad (sorrow)",
        "悲伤的",
        "非常难过",
        "sadness/sorrow",
        "[sad]",
        "label: sad",
        "sad（悲伤）",
    ],
)
def test_a_label_with_its_decoration(text: str) -> None:
    found = FINDER.find(text)
    assert found is not None and found.label == "sad"


@pytest.mark.parametrize("text", ["sad/angry", "sad (angry)", "sad → angry", "愤怒、悲伤"])
def test_several_labels(text: str) -> None:
    assert FINDER.find(text) is SEVERAL


@pytest.mark.parametrize(
    "text", ["not sad", "barely sad", "non-sad", "不开心", "unsurprised", "mixed"]
)
def test_what_is_no_label(text: str) -> None:
    assert FINDER.find(text) is None


@pytest.mark.parametrize(
    ("rest", "loose", "rival"),
    [
        ("He cries, and she looks angry.", False, False),
        ("or angry.", False, True),
        ("He cries.\nangry;He shouts.", False, True),
        ("He cries. Wait, he is angry.", False, True),
        ("because he lost the happy dog", True, False),
        ("but mainly angry", True, True),
        ("the woman cries. Angry: the man shouts.", True, True),
        ("on second thought, angry.", True, True),
    ],
)
def test_a_rival_takes_the_label_back(rest: str, loose: bool, rival: bool) -> None:
    assert FINDER.has_rival("sad", rest, loose) == rival


def test_denied_labels_are_not_affirmed() -> None:
    assert affirmed_only("He isn’t angry, not happy, but sad", "sad", LEXICON)
    assert not affirmed_only("He is not only angry but sad", "sad", LEXICON)
