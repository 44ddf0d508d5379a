import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.formats.json_events import read_json


def cues(content):
    found = read_json(json.dumps(content))
    return [(c.start_ms, c.end_ms, c.text) for c in make_cues(found.cues)]


def test_json3_says_each_line_once():
    events = [
        {"tStartMs": 0, "dDurationMs": 99_000, "id": 1},
        {"tStartMs": 1000, "dDurationMs": 5000, "segs": [{"utf8": "Hello"}, {"utf8": " you"}]},
        {"tStartMs": 3000, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 3000, "dDurationMs": 2000, "segs": [{"utf8": "Go"}, {"x": 1}, 7]},
    ]
    assert cues({"wireMagic": "pb3", "events": events}) == [
        (1000, 3000, "Hello you"),
        (3000, 5000, "Go"),
    ]


def test_other_lists():
    assert cues({"body": [{"from": 1.5, "to": 2, "content": "a"}]}) == [(1500, 2000, "a")]
    assert cues([{"start": 1, "end": 2, "text": "a"}]) == [(1000, 2000, "a")]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "3", '{"events": 3}', "null"])
def test_anything_else_is_no_subtitle(text):
    assert not read_json(text).is_known


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["tStartMs", "dDurationMs", "segs", "utf8", "start", "end", "text"]), inner
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(values, max_size=5))
def test_nothing_raises(events):
    make_cues(read_json(json.dumps({"events": events})).cues)
