"""A project of three nodes in a folder of its own, with this project's settings and commands."""

import os
import subprocess
import sys
from pathlib import Path

from libra_emo.taxonomy import TAXONOMY_FILE

CONF = {
    "conf/base/parameters.yml": """\
films: data/01_raw/films
seed: 7
executor: local
annotators: simulated
student: classical
max_rounds: 1
""",
    "conf/base/parameters_voting.yml": """\
voting:
  voters:
    - {name: text, kind: cue, cue: text}
    - {name: face, kind: cue, cue: face}
  min_agreement: 2
""",
    "conf/base/parameters_active_learning.yml": "active_learning:\n  threshold: 2\n",
    "conf/base/credentials.yml": "annotation_store: {url: 'sqlite:///data/01_raw/votes.sqlite'}\n",
    "conf/base/mlflow.yml": """\
tracking_uri: sqlite:///data/mlflow/mlflow.db
experiment: tiny
artifacts: data/mlflow/artifacts
""",
    "conf/base/catalog.yml": """\
machine_votes:
  type: libra_emo.datasets.TableDataset
  filepath: data/04_feature/machine_votes.parquet
round_1.labels:
  type: libra_emo.datasets.TableDataset
  filepath: data/05_model_input/labels/round_1.parquet
  schema: RoundLabels
history:
  type: libra_emo.datasets.CsvTableDataset
  filepath: data/08_reporting/history.csv
vote_records:
  type: libra_emo.datasets.TableDataset
  filepath: data/01_raw/vote_records.parquet
  schema: StoreRecords
taxonomy:
  type: libra_emo.datasets.TaxonomyDataset
  filepath: TAXONOMY
annotation_store:
  type: libra_emo.datasets.VoteStoreDataset
  credentials: annotation_store
  path: .
""".replace("TAXONOMY", str(TAXONOMY_FILE)),
    "conf/logging.yml": (Path(__file__).parents[2] / "conf/logging.yml").read_text(),
    "pyproject.toml": """\
[tool.kedro]
package_name = "tiny"
project_name = "tiny"
kedro_init_version = "1.7.0"
source_dir = "src"
""",
    "src/tiny/__init__.py": "",
    "src/tiny/settings.py": "from libra_emo.settings import *\n",
    "src/tiny/cli.py": "from libra_emo.cli import cli\n",
    "src/tiny/pipeline_registry.py": """\
import pandas as pd
from kedro.pipeline import Pipeline, node

from libra_emo.annotation.campaigns import PeopleNeeded

def ask_voters(seed, voting):
    return pd.DataFrame({"clip_id": ["a"], "voter": ["text"], "seed": [seed]})

def merge_answers(votes, annotators, options):
    if annotators == "people":
        raise PeopleNeeded("4 clips wait for people", campaign="round_1", waiting=4, asked=4)
    if options.get("patience") == 99:
        return pd.DataFrame({"clip_id": ["a"]})
    if options.get("patience") == 98:
        raise ZeroDivisionError("a bug")
    return pd.DataFrame({"clip_id": ["a"], "label": ["sad"], "origin": ["machine"],
                         "support": [2], "votes": [3], "round": [1]})

def tell(labels):
    return pd.DataFrame({"round": [1], "output": [len(labels)]})

def register_pipelines():
    pipelines = {
        "voting": Pipeline([
            node(ask_voters, ["params:seed", "params:voting"], "machine_votes", name="ask_voters",
                 tags=["voting"]),
        ]),
        "active_learning": Pipeline([
            node(merge_answers, ["machine_votes", "params:annotators", "params:active_learning"],
                 "round_1.labels", name="merge_answers", tags=["label_round_1"]),
            node(tell, "round_1.labels", "history", name="tell_history", tags=["tell"]),
        ]),
    }
    return {**pipelines, "__default__": sum(pipelines.values(), start=Pipeline([]))}
""",
    "dvc.yaml": """\
vars:
  - configuration: data/02_intermediate/configuration.yml
stages:
  voting:
    cmd: kedro run --pipeline voting
    params:
      - ${configuration}: [code.voting, seed, voting]
    outs:
      - data/04_feature/machine_votes.parquet
  label_round:
    foreach: [1]
    do:
      cmd: kedro run --pipeline active_learning --tags label_round_1
      deps: [data/04_feature/machine_votes.parquet]
      params:
        - ${configuration}: [code.label_round_1, annotators, active_learning, 'votes.round_${item}']
      outs:
        - data/05_model_input/labels/round_${item}.parquet
  tell:
    cmd: kedro run --pipeline active_learning --tags tell
    deps: [data/05_model_input/labels/round_1.parquet]
    params:
      - ${configuration}: [code.tell]
    outs:
      - data/08_reporting/history.csv:
          cache: false
""",
    ".gitignore": "__pycache__/\ndata/**\n!data/*/\nconf/local/\n!data/08_reporting/*.csv\n",
}


def make_project(folder):
    """Write the project."""
    for name, text in CONF.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for layer in ("01_raw", "02_intermediate", "04_feature", "05_model_input", "08_reporting"):
        (folder / "data" / layer).mkdir(parents=True)
    return folder


def add_dvc(folder):
    call(folder, "git", "init", "-q")
    call(folder, "git", "config", "user.email", "someone@example.org")
    call(folder, "git", "config", "user.name", "Someone")
    call(folder, sys.executable, "-m", "dvc", "init", "-q")
    call(folder, "git", "add", "-A")
    call(folder, "git", "commit", "-qm", "Begin")


def call(folder, *command, check=True, **environment):
    """Run a command in the project and return what it wrote and its status."""
    inherited = {name: value for name, value in os.environ.items() if name != "KEDRO_ENV"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**inherited, "PATH": path, "DVC_NO_ANALYTICS": "1", **environment},
        capture_output=True,
        text=True,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def kedro(folder, *arguments, check=True, **environment):
    return call(folder, sys.executable, "-m", "kedro", *arguments, check=check, **environment)


def dvc(folder, *arguments, check=True):
    return call(folder, sys.executable, "-m", "dvc", *arguments, check=check)
