from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from libra_emo.sample import SampleOptions
from libra_emo.sample.allocation import (
    allocate_labels,
    allocate_rejects,
    count_labels,
    themes_and_languages,
)
from libra_emo.sample.tables import read_tables
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
TABLES = read_tables(TAXONOMY)


def test_the_default_sample_has_uneven_labels_and_none_too_rare():
    counts = count_labels(SampleOptions(), TAXONOMY, TABLES)
    assert sum(counts.values()) == 450
    assert min(counts.values()) >= 14
    assert max(counts, key=counts.get) == "neutral"
    assert max(counts.values()) > 5 * min(counts.values())


@given(clips=st.integers(1, 2000), least=st.integers(0, 50))
def test_every_scene_gets_a_label(clips, least):
    options = SampleOptions(clips=clips, min_clips_per_label=least)
    counts = count_labels(options, TAXONOMY, TABLES)
    assert sum(counts.values()) == clips
    assert min(counts.values()) >= min(least, clips // len(TAXONOMY.labels))


def test_films_get_equally_many_scenes_and_several_labels():
    options = SampleOptions()
    films = allocate_labels(3, options, count_labels(options, TAXONOMY, TABLES))
    assert {len(film) for film in films} == {15}
    assert min(len(set(film)) for film in films) >= 6


def test_unusable_scenes_are_spread():
    counts = allocate_rejects(3, SampleOptions(), "too_short")
    assert sum(counts) == round(0.12 * 450)
    assert max(counts) - min(counts) <= 1


def test_languages_and_themes_take_turns():
    films = list(themes_and_languages(SampleOptions()))
    assert Counter(language for _, language in films) == {"en": 21, "zh": 9}
    themes = Counter(theme for theme, _ in films)
    assert set(themes) == set(SampleOptions().themes)
    assert len({theme for theme, language in films if language == "zh"}) == 5
    assert max(themes.values()) - min(themes.values()) <= 2
