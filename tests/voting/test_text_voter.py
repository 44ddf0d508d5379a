import pandas as pd
import pytest

from libra_emo.schemas import MachineVotes, check
from libra_emo.taxonomy import read_taxonomy
from libra_emo.voting.text_voter import TextVoter


@pytest.fixture(scope="module")
def voter() -> TextVoter:
    return TextVoter("words", read_taxonomy())


def rows(*subtitles: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "clip_id": [f"c{place:02d}" for place in range(len(subtitles))],
            "source_id": "film",
            "language": None,
            "subtitle": subtitles,
            "text_words": 1.0,
        }
    )


def label(voter: TextVoter, subtitle: str) -> str | None:
    [found] = voter.vote(rows(subtitle))["label"]
    return None if pd.isna(found) else str(found)


@pytest.mark.parametrize(
    ("subtitle", "expected"),
    [
        ("I can't wait, we made it!", "excited"),
        ("I am so happy that you came.", "happy"),
        ("Wow... I have never seen anything so beautiful.", "amazed"),
        ("What are you doing here? I had no idea!", "surprised"),
        ("The meeting is on Tuesday at nine o'clock.", "neutral"),
        ("Oh great, just what I needed.", "ironic"),
        ("Yuck, that smell makes me sick.", "disgusted"),
        ("It doesn't work. I've tried everything, again and again.", "frustrated"),
        ("How dare you? You lied to me, get out!", "angry"),
        ("I will never forgive them. I hate them all.", "hateful"),
        ("Did you hear that? Someone is coming, hide!", "fearful"),
        ("I miss her. I cried at the funeral.", "sad"),
        ("There is no hope. I give up.", "despairful"),
        ("我等不及了，太棒了！", "excited"),
        ("见到你真高兴，谢谢你。", "happy"),
        ("太美了，真是奇迹。", "amazed"),
        ("咦？怎么是你？我真没想到！", "surprised"),
        ("会议在星期二，文件在桌上。", "neutral"),
        ("你可真行，真是天才。", "ironic"),
        ("好臭，我想吐，快拿开。", "disgusted"),
        ("又失败了，怎么都弄不好，烦。", "frustrated"),
        ("你凭什么骗我？滚！", "angry"),
        ("我恨你们，绝不原谅。", "hateful"),
        ("有人来了，我害怕，快躲起来。", "fearful"),
        ("我很想念她，一个人哭了。", "sad"),
        ("完了，没有希望了，我放弃。", "despairful"),
    ],
)
def test_it_reads_plain_speech(voter: TextVoter, subtitle: str, expected: str) -> None:
    assert label(voter, subtitle) == expected


def test_the_explanation_quotes_the_words(voter: TextVoter) -> None:
    [vote] = voter.vote(rows("I am so happy that you came.")).to_dict("records")
    assert vote["explanation"] == 'the words "happy"' and vote["status"] == "ok"


def test_a_negated_word_does_not_count(voter: TextVoter) -> None:
    assert label(voter, "I am happy to be here!") == "happy"
    assert label(voter, "I am not happy to be here!") != "happy"
    assert label(voter, "我不害怕！") != "fearful"


def test_a_negation_in_another_clause_does_not_reach(voter: TextVoter) -> None:
    assert label(voter, "No, it is not, I am happy!") == "happy"


def test_the_longest_of_overlapping_cues_counts(voter: TextVoter) -> None:
    assert label(voter, "great!") != "ironic"
    assert label(voter, "Oh, great!") == "ironic"


def test_words_inside_other_words_do_not_count(voter: TextVoter) -> None:
    assert label(voter, "The mad scientist?") != "angry"
    assert label(voter, "A sadist's nomadic crusade?") is None


def test_nothing_said_for_any_label_is_an_abstention(voter: TextVoter) -> None:
    [vote] = voter.vote(rows("Is the chair blue?")).to_dict("records")
    assert pd.isna(vote["label"]) and vote["status"] == "abstained"
    assert "no words" in vote["explanation"]


def test_a_tie_is_an_abstention(voter: TextVoter) -> None:
    [vote] = voter.vote(rows("happy, angry")).to_dict("records")
    assert vote["status"] == "abstained" and "alike" in vote["explanation"]


def test_an_empty_subtitle_is_an_abstention(voter: TextVoter) -> None:
    assert label(voter, "") is None


def test_curved_apostrophes_and_line_breaks_are_read(voter: TextVoter) -> None:
    assert label(voter, "I can’t\nwait!") == "excited"


def test_the_votes_satisfy_the_contract_and_are_sorted(voter: TextVoter) -> None:
    table = rows("I am happy.", "Is it?", "我恨你")[::-1]
    votes = voter.vote(table)
    pd.testing.assert_frame_equal(votes, check(votes, MachineVotes))
    assert list(votes["clip_id"]) == ["c00", "c01", "c02"] and set(votes["voter"]) == {"words"}
    for column in ("reply", "prompt_tokens", "completion_tokens", "cost_usd", "seconds"):
        assert votes[column].isna().all()
