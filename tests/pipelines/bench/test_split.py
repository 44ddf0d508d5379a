import pandas as pd

from libra_emo.annotation.options import BenchOptions
from libra_emo.pipelines.bench.split import draw_bench_films, draw_sample

OPTIONS = BenchOptions()


def test_a_third_of_the_films_by_language_and_theme(thirty_films):
    sources, candidates = thirty_films
    films = draw_bench_films(candidates, sources, OPTIONS, seed=1)
    assert len(films) == 10
    drawn = sources[sources["source_id"].isin(films)]
    # each stratum has six films, so that two of each are its share
    assert (drawn.groupby(["language", "theme"]).size() == 2).all()
    assert drawn.groupby(["language", "theme"]).ngroups == 5


def test_every_language_gets_its_share_where_every_theme_has_one_film(make_films):
    kinds = [(language, f"theme-{n}") for n in range(9) for language in ("en", "zh")]
    sources, candidates = make_films(*kinds, clips_per_film=2)
    for seed in range(20):
        films = draw_bench_films(candidates, sources, OPTIONS, seed)
        by_language = sources[sources["source_id"].isin(films)]["language"].value_counts()
        assert by_language.to_dict() == {"en": 3, "zh": 3}


def test_the_order_of_rows_decides_nothing_and_the_seed_does(thirty_films):
    sources, candidates = thirty_films
    films = draw_bench_films(candidates, sources, OPTIONS, seed=1)
    shuffled = (candidates.sample(frac=1, random_state=1), sources.sample(frac=1, random_state=2))
    assert draw_bench_films(*shuffled, OPTIONS, seed=1) == films
    assert any(draw_bench_films(candidates, sources, OPTIONS, s) != films for s in range(2, 6))
    clips = candidates[candidates["source_id"].isin(films)]
    sample = draw_sample(clips, 60, seed=1)
    assert draw_sample(clips.sample(frac=1, random_state=3), 60, seed=1) == sample
    assert draw_sample(clips, 60, seed=2) != sample


def test_every_film_has_its_share_of_the_sample(thirty_films):
    _, candidates = thirty_films
    sample = draw_sample(candidates, 100, seed=1)
    assert len(set(sample)) == 100
    per_film = candidates[candidates["clip_id"].isin(sample)]["source_id"].value_counts()
    assert len(per_film) == 30
    assert set(per_film) <= {3, 4}


def test_every_film_is_drawn_by_some_seed(thirty_films):
    sources, candidates = thirty_films
    drawn = [f for seed in range(40) for f in draw_bench_films(candidates, sources, OPTIONS, seed)]
    assert pd.Series(drawn).nunique() == 30
