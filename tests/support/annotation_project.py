"""A small project with clips, for commands that serve them or wait for people."""

from __future__ import annotations

import pandas as pd
import pytest

from libra_emo.datasets import TableDataset
from support.annotating import clip_ids
from support.tiny_project import make_project

CATALOG = """
candidates:
  type: libra_emo.datasets.TableDataset
  filepath: data/03_primary/candidates.parquet
  schema: Candidates
"""


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


@pytest.fixture
def filmed(project):
    """A project with clips."""
    catalog = project / "conf/base/catalog.yml"
    catalog.write_text(catalog.read_text() + CATALOG)
    row = {
        **{"source_id": "f", "start_s": 1.0, "end_s": 5.0, "duration_s": 4.0, "subtitle": "hm"},
        **{"language": "en", "frames_sampled": 12, "frames_with_face": 12, "face_ratio": 1.0},
        "clip_path": "data/03_primary/clips/f.mp4",
    }
    table = pd.DataFrame([{"clip_id": name, **row} for name in clip_ids(3)])
    path = project / "data/03_primary/candidates.parquet"
    TableDataset(filepath=str(path), schema="Candidates").save(table)
    return project
