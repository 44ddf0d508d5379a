import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.annotation.options import BenchOptions
from libra_emo.pipelines.bench.split import BenchError, check_split, draw_bench_films

KINDS = st.tuples(st.sampled_from(["en", "zh", None]), st.sampled_from(["home", "sea", None]))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(KINDS, min_size=2, max_size=12),
    st.floats(0.01, 0.99),
    st.integers(1, 40),
    st.integers(1, 4),
    st.integers(0, 9),
)
def test_each_candidate_is_in_exactly_one_part(
    make_films, split_all, kinds, fraction, sample_clips, clips, seed
):
    sources, candidates = make_films(*kinds, clips_per_film=clips)
    options = BenchOptions(film_fraction=fraction, sample_clips=sample_clips)
    sample, pool, withheld = split_all(candidates, sources, options, seed)
    everything = pd.concat([sample, pool, withheld]).sort_values("clip_id", ignore_index=True)
    pd.testing.assert_frame_equal(everything, candidates)
    held_out = {*sample["source_id"], *withheld["source_id"]}
    assert held_out and len(pool)
    assert not held_out & set(pool["source_id"])
    assert len(sample) == min(sample_clips, len(sample) + len(withheld))


@pytest.mark.parametrize(
    ("kinds", "words"), [([], "0 films gave"), ([("en", None)], "1 film gave")]
)
def test_too_few_films_are_an_error(make_films, kinds, words):
    sources, candidates = make_films(*kinds)
    with pytest.raises(BenchError, match=words):
        draw_bench_films(candidates, sources, BenchOptions(), seed=1)


def test_films_that_gave_no_clip_do_not_count(make_films):
    sources, candidates = make_films(("en", None), ("zh", None), ("zh", None))
    candidates = candidates[candidates["source_id"] != "film-02"]
    for seed in range(5):
        films = draw_bench_films(candidates, sources, BenchOptions(), seed)
        assert len(films) == 1 and films != ["film-02"]


def test_candidates_of_a_film_that_is_unknown_are_an_error(make_films):
    sources, candidates = make_films(("en", None), ("zh", None), ("zh", None))
    with pytest.raises(BenchError, match="film-01 has candidates but is not in"):
        draw_bench_films(candidates, sources.drop(index=1), BenchOptions(), seed=1)


def test_a_split_that_loses_a_clip_or_shares_a_film_is_an_error(make_films):
    _, candidates = make_films(("en", None), ("zh", None), clips_per_film=2)
    first, second = candidates.iloc[:2], candidates.iloc[2:]
    check_split(candidates, first, second, second.iloc[:0])
    with pytest.raises(BenchError, match="4 candidates came in, but 3 went out"):
        check_split(candidates, first.iloc[:1], second, second.iloc[:0])
    with pytest.raises(BenchError, match="1 films are both"):
        check_split(candidates, first.iloc[:1], pd.concat([first.iloc[1:], second]), first.iloc[:0])
