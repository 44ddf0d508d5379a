import pandas as pd
import pytest

from libra_emo.pipelines.bench.membership import draw_split
from libra_emo.pipelines.bench.nodes import split_candidates
from libra_emo.schemas import BenchClips, Candidates, SampleTruth, Sources, Split, check, empty
from libra_emo.taxonomy import Taxonomy, read_taxonomy


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return read_taxonomy()


def films(*kinds: tuple, clips_per_film: int = 15) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return Sources and Candidates of films given as (language, theme)."""
    names = [f"film-{number:02d}" for number in range(len(kinds))]
    sources = pd.DataFrame(kinds, columns=["language", "theme"]).assign(source_id=names)
    absent = {name: None for name in empty(Sources).columns if name not in sources}
    sources = sources.assign(
        **absent | {"video_path": "film.mp4", "sha256": [f"{n:064x}" for n in range(len(names))]}
    )
    rows = [
        (f"{name}_{4 * n:05d}", name, 4.0 * n, 4.0 * n + 4, language)
        for name, (language, _) in zip(names, kinds, strict=True)
        for n in range(clips_per_film)
    ]
    columns = ["clip_id", "source_id", "start_s", "end_s", "language"]
    candidates = pd.DataFrame(rows, columns=columns).assign(
        duration_s=4.0,
        subtitle="Hello.",
        frames_sampled=12,
        frames_with_face=12,
        face_ratio=1.0,
        clip_path="clips/x.mp4",
    )
    return check(sources, Sources), check(candidates, Candidates)


@pytest.fixture(scope="session")
def make_films():
    return films


@pytest.fixture(scope="session")
def thirty_films() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Thirty films of fifteen clips: two languages, three themes, as the sample has them."""
    kinds = [("en", "home"), ("en", "street"), ("zh", "home"), ("zh", "office"), ("en", "office")]
    return films(*kinds * 6)


@pytest.fixture(scope="session")
def sample_truth(thirty_films, taxonomy) -> pd.DataFrame:
    """The truth of every clip of the thirty films."""
    _, candidates = thirty_films
    labels = [taxonomy.labels[number % 13] for number in range(len(candidates))]
    return check(candidates[["source_id", "start_s", "end_s"]].assign(label=labels), SampleTruth)


@pytest.fixture(scope="session")
def split_all():
    """Split candidates as a first run does."""

    def split(candidates, sources, options, seed):
        tables = draw_split(candidates, sources, empty(Split), empty(BenchClips), options, seed)
        return split_candidates(candidates, sources, *tables)

    return split
