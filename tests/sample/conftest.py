from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from libra_emo.sample import SampleOptions, draw_sample
from libra_emo.sample.films import sample_digest
from libra_emo.sample.plan import FilmPlan, plan_films
from libra_emo.sample.tables import DrawnTables, read_tables
from libra_emo.taxonomy import Taxonomy, read_taxonomy

SMALL = SampleOptions(
    films=2,
    clips=7,
    chinese_share=0.5,
    too_short_share=0.3,
    too_long_share=0.15,
    no_subtitle_share=0.3,
    no_face_share=0.3,
)
SEED = 7


@dataclass
class Drawn:
    """A small sample with all that it was made from."""

    folder: Path
    truth: pd.DataFrame
    plans: list[FilmPlan]
    seed: int = SEED
    options: SampleOptions = SMALL


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return read_taxonomy()


@pytest.fixture(scope="session")
def tables(taxonomy: Taxonomy) -> DrawnTables:
    return read_tables(taxonomy)


@pytest.fixture(scope="session")
def small(
    tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, tables: DrawnTables
) -> Drawn:
    folder = tmp_path_factory.mktemp("sample") / "films"
    with ThreadPoolExecutor(1) as executor:
        truth = draw_sample(folder, SEED, SMALL, taxonomy, executor)
    digest = sample_digest(SEED, SMALL, taxonomy, tables)
    return Drawn(folder, truth, plan_films(SEED, SMALL, taxonomy, tables, digest))
