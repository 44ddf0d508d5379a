import numpy as np
import pandas as pd
import pytest

from libra_emo.schemas import MachineVotes, TableError, check
from libra_emo.taxonomy import Emotion, Taxonomy, TaxonomyError, read_taxonomy
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.profile_voter import FaceVoter, ProfileVoter, VoiceVoter
from libra_emo.voting.profiles import shares
from libra_emo.voting.text_voter import TextVoter
from libra_emo.voting.voters import VoterError, build_voters, cast_votes

TAXONOMY = read_taxonomy()
SHOWN = {
    "face": {
        "happy": {"face_lip_corner_mean": 2.2, "face_mouth_width_mean": 1.4},
        "sad": {
            "face_lip_corner_mean": -1.6,
            "face_brow_slope_mean": 1.2,
            "face_eye_open_mean": -0.7,
            "face_brow_outer_mean": -0.5,
        },
        "angry": {
            "face_brow_inner_mean": -1.8,
            "face_brow_slope_mean": -1.6,
            "face_brow_gap_mean": -1.6,
            "face_brow_outer_mean": -1.0,
            "face_head_motion_mean": 1.0,
            "face_mouth_open_mean": 0.6,
        },
        "surprised": {
            "face_brow_inner_mean": 2.0,
            "face_brow_outer_mean": 2.0,
            "face_eye_open_mean": 1.8,
            "face_mouth_open_mean": 1.8,
            "face_mouth_open_max": 1.8,
            "face_mouth_width_mean": -0.8,
        },
        "disgusted": {"face_nose_lip_mean": -2.5, "face_eye_open_mean": -1.3},
        "neutral": {},
    },
    "voice": {
        "angry": {
            "voice_energy_mean_db": 2.2,
            "voice_tilt_db": 1.7,
            "voice_centroid_hz": 1.7,
            "voice_attack_db": 1.4,
            "voice_pitch_mean_st": 0.9,
            "voice_syllables_per_s": 0.9,
        },
        "despairful": {
            "voice_energy_mean_db": -1.6,
            "voice_syllables_per_s": -1.7,
            "voice_pause_share": 2.0,
            "voice_pause_mean_s": 2.0,
            "voice_pitch_wobble_st": 1.2,
            "voice_tilt_db": -1.2,
            "voice_centroid_hz": -1.2,
        },
        "fearful": {
            "voice_pitch_mean_st": 2.0,
            "voice_pitch_wobble_st": 2.0,
            "voice_energy_wobble_db": 1.5,
            "voice_syllables_per_s": 1.2,
        },
    },
}
CASES = [(cue, label) for cue, shown in SHOWN.items() for label in shown]


def voter_of(cue: str) -> ProfileVoter:
    return FaceVoter("eye", TAXONOMY) if cue == "face" else VoiceVoter("ear", TAXONOMY)


def features_of(voter: ProfileVoter, *shown: dict[str, float], usual: int = 60) -> pd.DataFrame:
    """Return clips of usual measures (sd 1 around 10), and after them the shown ones."""
    random = np.random.default_rng(11)
    count = usual + len(shown)
    table = pd.DataFrame({"clip_id": [f"c{place:03d}" for place in range(count)]})
    table["source_id"], table["language"], table["subtitle"] = "film", "en", "Yes."
    for column in voter.profiles.columns:
        table[column] = np.concatenate(
            [random.normal(10, 1, usual), [10 + clip.get(column, 0.0) for clip in shown]]
        )
    return table


@pytest.mark.parametrize(("cue", "label"), CASES)
def test_a_clear_display_is_read(cue: str, label: str) -> None:
    voter = voter_of(cue)
    vote = voter.vote(features_of(voter, SHOWN[cue][label])).iloc[-1]
    assert vote["label"] == label and vote["status"] == "ok"


def test_the_explanation_names_the_measured_cues() -> None:
    voter = voter_of("face")
    vote = voter.vote(features_of(voter, SHOWN["face"]["happy"])).iloc[-1]
    assert vote["explanation"].startswith("lip corners raised (+")


@pytest.mark.parametrize("cue", ["face", "voice"])
def test_without_measures_it_abstains(cue: str) -> None:
    voter = voter_of(cue)
    blank = dict.fromkeys(voter.profiles.columns, float("nan"))
    vote = voter.vote(features_of(voter, blank)).iloc[-1]
    assert pd.isna(vote["label"]) and vote["status"] == "abstained"
    assert vote["explanation"] == "too little could be measured"


@pytest.mark.parametrize("cue", ["face", "voice"])
def test_unclear_displays_are_abstentions(cue: str) -> None:
    voter = voter_of(cue)
    votes = voter.vote(features_of(voter))
    abstained = votes["status"] == "abstained"
    assert abstained.any() and votes.loc[abstained, "label"].isna().all()
    assert votes.loc[~abstained, "label"].notna().all()


@pytest.mark.parametrize("cue", ["face", "voice"])
def test_votes_do_not_depend_on_the_order_of_rows(cue: str) -> None:
    voter = voter_of(cue)
    features = features_of(voter, *SHOWN[cue].values())
    pd.testing.assert_frame_equal(voter.vote(features), voter.vote(features[::-1]))


@pytest.mark.parametrize("cue", ["face", "voice"])
def test_a_table_without_the_columns_is_refused(cue: str) -> None:
    voter = voter_of(cue)
    features = features_of(voter).drop(columns=voter.profiles.columns[0])
    with pytest.raises(TableError, match=voter.profiles.columns[0]):
        voter.vote(features)


@pytest.mark.parametrize("voter_class", [TextVoter, FaceVoter, VoiceVoter])
def test_a_label_without_cues_is_refused_by_name(voter_class: type) -> None:
    bored = Emotion(label="bored", type="negative", coarse="sad", definition="Nothing to do.")
    wider = Taxonomy(emotions=(*TAXONOMY.emotions, bored))
    with pytest.raises(TaxonomyError, match=r"voter 'v' has no cues for label 'bored'.*_cues\.yml"):
        voter_class("v", wider)


def test_with_fewer_labels_only_these_are_voted_for() -> None:
    two = [TAXONOMY[label].model_copy(update={"neighbours": ()}) for label in ("happy", "angry")]
    few = Taxonomy(emotions=tuple(two))
    voters = build_voters(VotingOptions(), few)
    features = features_of(voter_of("face"), SHOWN["face"]["sad"], SHOWN["face"]["angry"])
    voice = features_of(voter_of("voice"), *([{}] * 2))
    columns = list(voter_of("voice").profiles.columns)
    features[columns] = voice[columns]
    votes, _ = cast_votes(voters, features)
    assert set(votes["label"].dropna()) <= {"happy", "angry"}
    assert len(votes) == 3 * len(features) and votes["label"].notna().any()


def test_the_votes_of_all_voters_make_one_table_in_order() -> None:
    voters = build_voters(VotingOptions(), TAXONOMY)
    features = features_of(voter_of("face"), SHOWN["face"]["happy"])
    for column in voter_of("voice").profiles.columns:
        features[column] = np.nan
    votes, _ = cast_votes(voters, features)
    pd.testing.assert_frame_equal(votes, check(votes, MachineVotes))
    keys = list(zip(votes["clip_id"], votes["voter"], strict=True))
    assert keys == sorted(keys) and len(keys) == 3 * len(features)
    assert set(votes.loc[votes["voter"] == "voice", "status"]) == {"abstained"}


def test_no_clips_give_an_empty_table() -> None:
    voters = build_voters(VotingOptions(), TAXONOMY)
    features = features_of(voter_of("face"))[:0]
    for column in voter_of("voice").profiles.columns:
        features[column] = []
    assert cast_votes(voters, features)[0].empty


def test_a_voter_that_asks_a_model_needs_resources() -> None:
    options = VotingOptions.model_validate(
        {"voters": [{"name": "m", "kind": "llm", "model": "a/b"}], "min_agreement": 1}
    )
    with pytest.raises(VoterError, match=r"'m' asks a model, but ledger, prompt"):
        build_voters(options, TAXONOMY)


@pytest.mark.parametrize("cue", ["face", "voice"])
def test_every_profile_is_its_own_nearest(cue: str) -> None:
    voter = voter_of(cue)
    names = list(voter.profiles.measures)
    for label in voter.labels:
        expected = voter.profiles.labels[label]
        row = np.array([[expected.get(name, 0.0) for name in names]])
        assert voter.labels[shares(row, voter.profiles, voter.labels)[0].argmax()] == label
