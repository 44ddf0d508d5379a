import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.evaluation.footage import summarise_footage
from libra_emo.evaluation.footage_plot import plot_footage
from libra_emo.schemas import OUTCOMES

SCENE_OUTCOMES = ("kept", "too_short", "too_long", "no_subtitle", "no_face")


def tabulate(films):
    """Return sources, ledger and candidates of films: (theme, language, [(ms, outcome)…])."""
    sources, ledger, candidates = [], [], []
    for number, (theme, language, scenes) in enumerate(films):
        name, here = f"film{number}", 0.0
        for length, outcome in scenes:
            clip = f"{name}-{here}" if outcome == "kept" else None
            ledger.append((name, here, here + length / 1000, clip, outcome))
            if clip:
                candidates.append((clip, 1.0))
            here += length / 1000
        if not scenes:
            here = 60.0
            ledger.append((name, None, None, None, "unreadable"))
        sources.append((name, theme, language, here))
    return (
        pd.DataFrame(sources, columns=["source_id", "theme", "language", "duration_s"]),
        pd.DataFrame(ledger, columns=["source_id", "start_s", "end_s", "clip_id", "outcome"]),
        pd.DataFrame(candidates, columns=["clip_id", "face_ratio"]),
    )


FILMS = [
    ("war", "en", [(1_800_000, "too_long"), (4_000, "kept"), (4_001, "kept")]),
    ("war", "zh", [(1_791_999, "no_face")]),
    (None, None, []),
]


def pick(summary, by):
    return summary[summary["by"] == by].set_index("value")


def test_hours_and_clips_by_each_mark():
    summary = summarise_footage(*tabulate(FILMS))
    whole = pick(summary, "all").loc["all"]
    assert (whole["films"], whole["scenes"], whole["clips"]) == (3, 4, 2)
    assert whole["hours"] == pytest.approx(1 + 1 / 60, abs=1e-6)
    assert whole["clip_hours"] == pytest.approx(8.001 / 3600, abs=1e-6)
    assert pick(summary, "theme").index.to_list() == ["war", "unknown"]
    assert pick(summary, "language")["films"].to_dict() == {"en": 1, "zh": 1, "unknown": 1}
    outcomes = pick(summary, "outcome")
    assert outcomes.index.to_list() == ["kept", "too_long", "no_face", "unreadable"]
    assert outcomes["scenes"].to_list() == [2, 1, 1, 0]
    assert outcomes.loc["kept", "clip_share"] == 1
    assert pick(summary, "clip_length")["clips"].to_dict() == {"3 to 4 s": 1, "4 to 5 s": 1}
    assert pick(summary, "face_share")["clips"].to_dict() == {"100 %": 2}


def test_lengths_and_shares_stand_in_their_order():
    sources, ledger, candidates = tabulate([("war", "en", [(9_500, "kept"), (3_200, "kept")])])
    candidates["face_ratio"] = [0.95, 0.995]
    summary = summarise_footage(sources, ledger, candidates)
    assert pick(summary, "clip_length").index.to_list() == ["3 to 4 s", "9 to 10 s"]
    assert pick(summary, "face_share").index.to_list() == ["99 to 100 %", "90 to 99 %"]


films = st.lists(
    st.tuples(
        st.sampled_from(["war", "crime", None]),
        st.sampled_from(["en", "zh", None]),
        st.lists(st.tuples(st.integers(1, 20_000), st.sampled_from(SCENE_OUTCOMES)), max_size=4),
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(films)
def test_parts_add_up_to_the_whole(drawn):
    summary = summarise_footage(*tabulate(drawn))
    whole = pick(summary, "all").loc["all"]
    assert whole["films"] == len(drawn)
    for by in ("theme", "language", "outcome"):
        parts = pick(summary, by)
        for name in ("scenes", "clips"):
            assert parts[name].sum() == whole[name]
        assert parts["hours"].sum() == pytest.approx(whole["hours"], abs=1e-5)
    for by in ("clip_length", "face_share"):
        assert pick(summary, by)["clips"].sum() == whole["clips"]
    assert set(pick(summary, "outcome").index) <= set(OUTCOMES)


def test_figure_shows_every_mark(tmp_path):
    summary = summarise_footage(*tabulate(FILMS))
    figure = plot_footage(summary)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [
        "Hours by theme",
        "Hours by language",
        "Hours by outcome",
        "Clips by length",
        "Clips by frames with a face",
    ]
    theme = figure.axes[0]
    assert [label.get_text() for label in theme.get_yticklabels()] == ["war", "unknown"]
    assert [round(bar.get_width(), 3) for bar in theme.patches[:2]] == [1.0, 0.017]
    figure.savefig(tmp_path / "footage.png")


def test_figure_of_films_that_gave_nothing(tmp_path):
    summary = summarise_footage(*tabulate([(None, None, [])]))
    plot_footage(summary).savefig(tmp_path / "footage.png")
