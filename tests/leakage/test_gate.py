import pandas as pd
import pytest

from libra_emo.leakage.gate import LISTED, LeakError, refuse_leaks
from libra_emo.leakage.search import COLUMNS


def leaks_of(clips):
    rows = [(clip, "copy", f"bench_{clip}", "held", "checksum") for clip in clips]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def test_a_training_set_without_leaking_clips_passes():
    refuse_leaks(["a", "b"], leaks_of(["c"]))
    refuse_leaks(["a", "b"], leaks_of([]))


def test_leaking_clips_stop_the_training_and_are_listed():
    with pytest.raises(
        LeakError, match=r"2 clips .* a: checksum of bench_a; b: checksum"
    ) as caught:
        refuse_leaks(["a", "b", "c"], leaks_of(["a", "b", "d"]))
    assert "Take the films copy out" in str(caught.value) and "bench_d" not in str(caught.value)


def test_a_long_list_is_cut_and_says_so():
    clips = [f"clip{number:02d}" for number in range(LISTED + 5)]
    with pytest.raises(LeakError, match=r"15 clips .* and 5 more"):
        refuse_leaks(clips, leaks_of(clips))
