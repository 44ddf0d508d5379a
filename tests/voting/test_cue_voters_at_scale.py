"""The short ways of cue voters give what the long ones would: every cue tried, all rows at once."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.taxonomy import read_label_data, read_taxonomy
from libra_emo.voting import profiles
from libra_emo.voting.profile_voter import FaceVoter
from libra_emo.voting.speakers import group_rows
from libra_emo.voting.text_voter import TextVoter

VOTER = TextVoter("words", read_taxonomy())
CUES = sorted(
    word.replace("*", "s")
    for label in read_label_data("text_cues")["labels"].values()
    for words in label["cues"].values()
    for word in words
)
WORDS = st.one_of(
    st.sampled_from(CUES),
    st.sampled_from([*"!?…,.", "not", "no", "I", "the", "ſo", "Kind", "不", "我"]),
    st.text(max_size=4),
)


class EveryCue:
    """Stands in for the prefilter and leaves nothing out."""

    def __init__(self, cues):
        self._all = list(cues)

    def possible(self, _):
        return self._all


@settings(max_examples=60, deadline=None)
@given(words=st.lists(WORDS, max_size=7), glue=st.sampled_from([" ", ""]), upper=st.booleans())
def test_the_text_voter_reads_as_if_it_tried_every_cue(words, glue, upper):
    text = glue.join(words)
    text = text.upper() if upper else text
    slow = TextVoter.__new__(TextVoter)
    slow.__dict__.update(VOTER.__dict__)
    slow._compiled = EVERY
    assert VOTER._read(text) == slow._read(text)


EVERY = EveryCue(cue for cue, _ in VOTER._compile())


def test_what_is_said_twice_is_read_once(monkeypatch):
    calls = []
    read = TextVoter._read
    monkeypatch.setattr(
        TextVoter, "_read", lambda self, text: calls.append(text) or read(self, text)
    )
    table = pd.DataFrame(
        {
            "clip_id": ["a", "b", "c"],
            "source_id": "film",
            "language": None,
            "subtitle": ["So happy!", "No.", "So happy!"],
            "text_words": 1.0,
        }
    )
    votes = VOTER.vote(table)
    assert sorted(calls) == ["No.", "So happy!"]
    assert votes["label"][0] == votes["label"][2]


def test_batches_change_no_share(monkeypatch):
    voter = FaceVoter("face", read_taxonomy())
    draw = np.random.default_rng(1)
    measured = draw.normal(size=(500, len(voter.profiles.measures)))
    measured[draw.random(measured.shape) < 0.1] = np.nan
    whole = profiles.shares(measured, voter.profiles, voter.labels)
    for batch in (1, 7, 64, 499):
        monkeypatch.setattr(profiles, "BATCH_CLIPS", batch)
        np.testing.assert_array_equal(
            profiles.shares(measured, voter.profiles, voter.labels), whole
        )


@given(groups=st.lists(st.integers(0, 5)))
def test_rows_of_groups(groups):
    found = group_rows(np.array(groups, dtype=np.intp))
    wanted = [np.flatnonzero(np.array(groups) == group) for group in sorted(set(groups))]
    assert [rows.tolist() for rows in found] == [rows.tolist() for rows in wanted]
