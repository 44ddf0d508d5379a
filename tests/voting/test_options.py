import pytest
from pydantic import ValidationError

from libra_emo.voting.options import CUES, VoterOptions, VotingOptions


def text_voter(name: str = "words") -> dict[str, object]:
    return {"name": name, "kind": "cue", "cue": "text"}


def test_the_default_is_the_three_cue_voters_and_the_papers_numbers() -> None:
    options = VotingOptions()
    assert [voter.cue for voter in options.voters] == list(CUES)
    assert (options.min_agreement, options.annotators_per_clip, options.threshold) == (2, 4, 2)
    assert options.max_cost_usd == 0


def test_a_model_is_a_valid_voter() -> None:
    voter = VoterOptions.model_validate(
        {"name": "m", "kind": "llm", "model": "openai/gpt-4o", "modalities": ["video", "text"]}
    )
    assert voter.modalities == "VT" and voter.api_base is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"voters": [text_voter(), text_voter()]}, "two voters are named 'words'"),
        ({"voters": [{"name": "n", "kind": "cue", "cue": "smell"}]}, "text, face, voice"),
        ({"voters": [{"name": "n", "kind": "cue"}]}, "needs `cue`"),
        ({"voters": [{"name": "n", "kind": "llm"}]}, "needs `model`"),
        (
            {"voters": [{**text_voter(), "kind": "llm", "model": "a/m"}]},
            "`cue` belongs to kind cue",
        ),
        ({"voters": [{**text_voter(), "model": "m"}]}, "`model` can only belong to kind llm"),
        ({"voters": [text_voter()], "min_agreement": 2}, "above the number of voters"),
        ({"threshold": 5}, "threshold 5 is above annotators_per_clip 4"),
        ({"min_agreement": 0}, "greater than or equal to 1"),
        ({"max_cost_usd": -1}, "greater than or equal to 0"),
        ({"quorum": 2}, "Extra inputs"),
    ],
)
def test_contradictions_are_refused(content: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        VotingOptions.model_validate(content)


def test_options_do_not_change() -> None:
    with pytest.raises(ValidationError):
        VotingOptions().threshold = 3  # type: ignore[misc]


def test_without_voters_people_begin_alone():
    assert VotingOptions(voters=[]).voters == ()
