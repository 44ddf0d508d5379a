import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.labelling.audit import (
    AuditOptions,
    SealedVotesError,
    check_unsealed,
    draw_audit,
    inclusion_probabilities,
    strata,
    usable_votes,
)
from libra_emo.labelling.votes import LabellingError


def round_labels(clips=2000):
    draw = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "clip_id": [f"film_{n % 40}_{n}" for n in range(clips)],
            "label": draw.choice(["sad", "happy", "angry"], size=clips, p=[0.7, 0.25, 0.05]),
            "origin": draw.choice(["machine", "people"], size=clips),
        }
    )


def draw_of(labels, **changes):
    sources = pd.Series(
        [clip.rsplit("_", 1)[0] for clip in labels["clip_id"]], index=labels["clip_id"]
    )
    options = {"seed": 7, "round_number": 1, **changes}
    return draw_audit(labels, sources, np.full(len(labels), 0.2), AuditOptions(), **options)


def test_all_labelled_clips_have_a_probability_and_about_as_many_are_drawn_as_wished():
    frame = draw_of(round_labels())
    assert (frame["probability"] > 0).all()
    assert frame["probability"].sum() == pytest.approx(400, abs=8)
    assert abs(frame["drawn"].sum() - 400) < 4 * 20


def test_a_small_stratum_has_its_minimum():
    labels = round_labels()
    frame = draw_of(labels)
    sizes = frame.groupby(["label", "origin"])["probability"].sum()
    assert sizes.min() >= 8 - 1e-9


def test_a_clip_is_drawn_whatever_else_is_labelled():
    labels = round_labels()
    frame, part = draw_of(labels), draw_of(labels.iloc[::2])
    both = frame.merge(part, on="clip_id")
    same = both["probability_x"] == both["probability_y"]
    assert (both.loc[same, "drawn_x"] == both.loc[same, "drawn_y"]).all()
    again = draw_of(labels.sample(frac=1, random_state=3)).set_index("clip_id")["drawn"]
    assert again.loc[frame["clip_id"]].tolist() == frame["drawn"].tolist()


def test_another_round_draws_other_clips():
    labels = round_labels()
    one, other = draw_of(labels)["drawn"], draw_of(labels, round_number=2)["drawn"]
    assert (one & other).sum() < 0.5 * one.sum()


def test_strata_are_class_and_origin_together():
    frame = pd.DataFrame({"label": ["a", "a", "b"], "origin": ["people", "machine", "people"]})
    assert len(set(strata(frame))) == 3


def test_a_clip_without_a_film_is_named():
    labels = round_labels(3)
    with pytest.raises(LabellingError, match="film of clip film_0_0"):
        draw_audit(
            labels,
            pd.Series({"another": "film"}),
            np.full(3, 0.2),
            AuditOptions(),
            seed=1,
            round_number=1,
        )


@given(st.lists(st.integers(1, 300), min_size=1, max_size=8), st.integers(1, 400))
def test_probabilities_are_at_most_one_and_add_up(sizes, clips):
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    chance = inclusion_probabilities(stratum, np.full(len(stratum), 0.1), clips, 2)
    assert chance.max() <= 1 + 1e-9
    least = np.minimum(2, sizes).sum()
    wanted = min(max(clips, least), len(stratum))
    assert chance.sum() == pytest.approx(wanted, rel=1e-3)


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=26),
    st.integers(1, 400),
    st.floats(0.1, 1),
    st.integers(1, 20),
)
def test_an_audit_of_few_labels_is_a_share_of_them_with_two_of_each_stratum(
    sizes, clips, share, least
):
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    chance = inclusion_probabilities(stratum, np.full(len(stratum), 0.1), clips, least, share)
    assert 0 < chance.min() and chance.max() <= 1 + 1e-9
    by_stratum = np.bincount(stratum, weights=chance)
    assert (by_stratum >= np.minimum(min(2, least), sizes) - 1e-6).all()
    beside = np.minimum(2, sizes).sum()
    assert chance.sum() <= max(clips, len(sizes) * least) + beside + 1e-3
    assert chance.sum() <= share * len(stratum) + beside + 1e-3


def test_a_share_of_one_changes_no_probability():
    stratum, doubt = np.repeat([0, 1, 2], [3, 40, 200]), np.linspace(0.01, 0.6, 243)
    plain = inclusion_probabilities(stratum, doubt, 60, 8)
    assert plain.tolist() == inclusion_probabilities(stratum, doubt, 60, 8, 1.0).tolist()


def test_sealed_answers_are_kept_back_and_refused():
    votes = pd.DataFrame({"campaign": ["round_1", "round_1_audit"], "clip_id": ["a", "b"]})
    assert usable_votes(votes, ["round_1_audit"])["clip_id"].tolist() == ["a"]
    check_unsealed(votes, [])
    with pytest.raises(SealedVotesError, match="round_1_audit: the interval"):
        check_unsealed(votes, ["round_1_audit"])
