"""`kedro check-release`: what it says, and with which status it ends."""

import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner
from support.small_release import make_world

from libra_emo.cli.publishing.check_release import check_release
from libra_emo.llm.request.keys import Keys
from libra_emo.media.sources import Logins
from libra_emo.publication.release.contents import write_checksums

VOTES = pd.DataFrame({"annotator": ["Nobody Known"], "voted_at": ["2026-01-01"]})


class Catalog(dict):
    def exists(self, name):
        return name in self

    def load(self, name):
        return self[name]


@pytest.fixture
def run(tmp_path, monkeypatch):
    catalog = Catalog(human_votes=VOTES, llm_keys=Keys({"m": "k" * 12}), film_logins=Logins())

    @contextmanager
    def opened(project, env):
        yield SimpleNamespace(catalog=catalog)

    monkeypatch.setattr(
        sys.modules["libra_emo.cli.publishing.check_release"], "open_context", opened
    )
    metadata = SimpleNamespace(project_path=tmp_path)
    return lambda folder: CliRunner().invoke(check_release, [str(folder)], obj=metadata)


def test_a_release_passes_until_a_number_changes(run, tmp_path):
    folder = tmp_path / "0.1.0"
    make_world().build(folder)
    done = run(folder)
    assert done.exit_code == 0 and "cards and descriptions agree" in done.output
    card = folder / "README.md"
    card.write_text(card.read_text().replace("| train | 2 | 12 |", "| train | 2 | 13 |"))
    write_checksums(folder)
    done = run(folder)
    assert done.exit_code == 1
    assert "| train | 2 | 13 |" in done.output and "| train | 2 | 12 |" in done.output
    assert "do not publish it" in done.output


def test_names_and_keys_of_the_project_are_looked_for(run, tmp_path):
    folder = tmp_path / "0.1.0"
    make_world().build(folder)
    for text in ("by Nobody Known", "k" * 12):
        (folder / "MODEL_CARD.md").write_text(text)
        assert "MODEL_CARD.md: has" in run(folder).output
