import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.annotation.options import BenchOptions
from libra_emo.pipelines.bench.membership import BenchError, divide, draw_split
from libra_emo.schemas import BenchClips, Split, check, empty

OPTIONS = BenchOptions(film_fraction=0.33, sample_clips=20)
KINDS = [("en", "home"), ("zh", "home"), ("en", "street"), ("zh", "office")] * 6


class Project:
    """Films that come, go and get other names, and what the bench remembers of them."""

    def __init__(self, films):
        self.sources, self.candidates = films
        self.split, self.clips = empty(Split), empty(BenchClips)

    def run(self, names, renamed=(), options=OPTIONS, seed=1):
        """Split the clips of some films; return bench and pool as pairs of content and start."""
        sources = self.sources[self.sources["source_id"].isin(names)]
        clips = self.candidates[self.candidates["source_id"].isin(names)]
        for name in renamed:
            clips = clips.assign(clip_id=clips["clip_id"].str.replace(f"{name}_", f"new-{name}_"))
            sources, clips = (
                table.assign(source_id=table["source_id"].replace(name, f"new-{name}"))
                for table in (sources, clips)
            )
        remembered = self.split, self.clips
        self.split, self.clips = draw_split(clips, sources, *remembered, options, seed)
        again = draw_split(clips, sources, self.split, self.clips, options, seed)
        pd.testing.assert_frame_equal(again[0], self.split)
        pd.testing.assert_frame_equal(again[1], self.clips)
        content = dict(zip(sources["source_id"], sources["sha256"], strict=True))
        parts = divide(clips.reset_index(drop=True), sources, self.split, self.clips)
        assert sum(map(len, parts)) == len(clips)
        return [
            {*zip(part["source_id"].map(content), part["start_s"], strict=True)} for part in parts
        ]


@pytest.fixture
def project(make_films):
    return Project(make_films(*KINDS, clips_per_film=6))


def films_of(clips):
    return {film for film, _ in clips}


ALL = [f"film-{number:02d}" for number in range(len(KINDS))]


def test_another_name_of_a_film_moves_no_clip(project):
    bench, pool, _ = project.run(ALL)
    assert project.run(ALL, renamed=ALL[:5], seed=2)[:2] == [bench, pool]
    assert {"new-film-00", "film-05"} <= set(project.split["source_id"])


def test_a_film_that_is_removed_and_comes_back_moves_no_clip(project):
    bench, pool, _ = project.run(ALL)
    for gone in ALL:
        sha256 = project.sources.set_index("source_id").loc[gone, "sha256"]
        now = project.run([name for name in ALL if name != gone])
        assert now[0] == {clip for clip in bench if clip[0] != sha256}
        assert now[1] == {clip for clip in pool if clip[0] != sha256}
    assert project.run(ALL)[:2] == [bench, pool]


def test_new_films_take_a_side_that_depends_on_their_content_alone(project, make_films):
    bench, pool, _ = project.run(ALL[:18])
    together = project.run(ALL)
    assert together[0] == bench  # the sample is complete
    assert pool < together[1]
    other = Project(make_films(*KINDS, clips_per_film=6))
    other.run(ALL[:18])
    for last in range(19, len(ALL) + 1):
        alone = other.run(ALL[:last])
    assert alone == together
    sides = project.split.set_index("source_id")["side"]
    assert sides[ALL[18:]].nunique() == 2


def test_a_larger_sample_keeps_the_clips_that_were_drawn(project):
    bench, _, withheld = project.run(ALL)
    more = project.run(ALL, options=BenchOptions(film_fraction=0.33, sample_clips=24))
    assert len(more[0]) == 24 and bench < more[0] <= bench | withheld


def test_a_clip_that_is_no_candidate_any_more_is_replaced(project):
    bench, _, withheld = project.run(ALL)
    gone, start = min(bench)
    name = project.sources.set_index("sha256").loc[gone, "source_id"]
    keep = (project.candidates["source_id"] != name) | (project.candidates["start_s"] != start)
    project.candidates = project.candidates[keep]
    now = project.run(ALL)[0]
    assert len(now) == len(bench) and now < bench | withheld
    assert len(bench - now) == 1


def test_other_films_than_ever_before_are_split_as_on_a_first_run(project, make_films):
    project.run(ALL[:12])
    fresh = Project(make_films(*KINDS, clips_per_film=6)).run(ALL[12:])
    assert project.run(ALL[12:]) == fresh
    assert len(project.split) == 24


def test_a_film_on_both_sides_after_a_merge_stays_in_the_bench(project):
    bench, pool, _ = project.run(ALL)
    sha256 = min(films_of(bench))
    other = project.split[project.split["sha256"] == sha256].assign(side="pool")
    project.split = check(pd.concat([other, project.split]), Split)
    assert project.run(ALL)[:2] == [bench, pool]


def test_two_files_of_one_content_are_on_one_side(project):
    sources = project.sources.set_index("source_id")
    for seed in range(8):
        project.split, project.clips = empty(Split), empty(BenchClips)
        same = sources["sha256"].where(sources.index != "film-07", sources.loc["film-02", "sha256"])
        project.sources = sources.assign(sha256=same).reset_index()[project.sources.columns]
        bench, pool, _ = project.run(ALL, seed=seed)
        assert not films_of(bench) & films_of(pool)
        assert len(project.split) == 23


def test_a_side_without_a_film_is_an_error_that_names_the_table(project):
    project.run(ALL)
    by_side = project.split.groupby("side")["source_id"].agg(list)
    with pytest.raises(BenchError, match=r"no film of the bench is here: .*split\.csv"):
        project.run(by_side["pool"])
    with pytest.raises(BenchError, match="no film of the pool is here"):
        project.run(by_side["bench"])


@settings(max_examples=25)
@given(st.lists(st.sets(st.sampled_from(ALL), min_size=4), min_size=1, max_size=6))
def test_a_film_that_was_ever_bench_is_never_pool(make_films, runs):
    project = Project(make_films(*KINDS, clips_per_film=2))
    ever_bench, ever_pool = set(), set()
    for number, names in enumerate(runs):
        try:
            bench, pool, withheld = project.run(sorted(names), renamed=sorted(names)[:number])
        except BenchError:
            continue
        ever_bench |= films_of(bench) | films_of(withheld)
        ever_pool |= films_of(pool)
    assert not ever_bench & ever_pool
