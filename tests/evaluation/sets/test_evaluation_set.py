from pathlib import Path

import pandas as pd
import pytest

from libra_emo.evaluation.sets.evaluation_set import (
    OwnersClips,
    build_set,
    film_of,
    left_out_rows,
    plain_id,
)
from libra_emo.evaluation.sets.set_classes import SetError, read_set_classes
from libra_emo.taxonomy import read_taxonomy

DFEW = read_set_classes("dfew", read_taxonomy())
SOURCE = Path("list.csv")


def owners(rows, left_out=()):
    clips = pd.DataFrame(rows, columns=["clip_id", "label"])
    return OwnersClips(clips, left_out_rows(left_out, "too dark"), SOURCE)


def test_a_clip_is_found_by_any_form_of_its_id():
    found = build_set("dfew", DFEW, owners([("1", "1"), ("00002", "Sad")], ["00003"]))
    assert found.clip_ids == ("00001", "00002")
    assert found.place("videos/2.mp4") == found.place("00002") == 1
    assert found.place("00003") is None
    assert found.left_out_reason("3") == "too dark"
    assert found.left_out_reason("4") is None
    assert found.truth == (0, 1)
    assert not found.films_known
    assert len(found) == 2


def test_the_film_stands_in_the_projects_own_ids():
    assert film_of("arrival-1a2b3c4d-00001000-00004000") == "arrival-1a2b3c4d"
    assert film_of("00001") is None
    assert plain_id("C:\\clips\\a.b.AVI") == "a.b"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no clip with a truth"),
        ([("1", "1"), ("00001.mp4", "2")], "clip 00001 stands twice"),
        ([("1", "9")], "clip 00001 has the label '9'; the classes of DFEW are happy"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(rows, message):
    with pytest.raises(SetError, match=message) as caught:
        build_set("dfew", DFEW, owners(rows))
    assert "\n" not in str(caught.value)
