"""Votes and explanations by models, by the project's commands: what they cost, say and hide."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from support.llm_clips import clip_names, make_shards
from support.llm_explaining import GOOD, as_json, labels
from support.llm_voting import TAXONOMY, candidates
from support.openai_server import Arrived, Behaviour, serving
from support.rounds import round_report
from support.whole_project import copy_project, kedro

from libra_emo.datasets import TableDataset

pytestmark = pytest.mark.slow
MARKED = "sk-marked-7f3a91c2d4e85b60"
CLIPS = 14


def answer(number: int, arrived: Arrived) -> Behaviour:
    clip = int(arrived.user.split("words of film-")[1][:8])
    if " in this clip is " not in arrived.user:
        return Behaviour(text=f"{TAXONOMY.labels[clip % 13]};seen in the face")
    label = arrived.user.split(" in this clip is ")[1].split(".")[0]
    text = "Short." if clip == 5 and "request 2" not in arrived.user else GOOD.format(clip)
    return Behaviour(text=as_json(label, text))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with clips, and with keys for its voter and its writer in the credentials."""
    project = copy_project(tmp_path / "project", "max_rounds: 1\n")
    table = candidates(clip_names(CLIPS))
    make_shards(project / "data/03_primary/shards", CLIPS)
    (project / "conf/local/credentials.yml").write_text(
        yaml.safe_dump({"llm_keys": {"gpt": MARKED, "writer": MARKED}})
    )
    save(project, "03_primary/shards/index", table[["clip_id"]].assign(shard="film.tar"))
    save(project, "03_primary/bench_sample", table[:2])
    save(project, "03_primary/pool", table[2:])
    features = table[["clip_id", "source_id", "language", "subtitle"]]
    save(project, "04_feature/features", features)
    save(project, "05_model_input/labels/final", labels(CLIPS)[2:])
    return project


def save(project: Path, place: str, table: pd.DataFrame) -> None:
    TableDataset(filepath=str(project / f"data/{place}.parquet")).save(table)


def configure(project: Path, url: str, ceiling_usd: float = 1.0, **more: object) -> None:
    """Let a server of our own, at prices of a paid one, be voter and writer."""
    asked = {
        "kind": "llm",
        "model": "openai/gpt-4o",
        "api_base": url,
        "modalities": ["video", "text"],
    }
    voters = {"voters": [{"name": "gpt", **asked, **more}], "min_agreement": 1}
    writer = {"writer": {"name": "writer", **asked, **more}, "max_cost_usd": ceiling_usd}
    voting = {**voters, "max_cost_usd": ceiling_usd}
    options = {"max_rounds": 1, "voting": voting, "explanation": writer}
    (project / "conf/local/parameters.yml").write_text(yaml.safe_dump(options))


def log_to_mlflow(project: Path) -> str:
    """Bring MLflow to what the files say, as a run's hook does; return what was written."""
    report = round_report(accuracy=0.5).model_dump_json()
    (project / "data/08_reporting/rounds").mkdir(parents=True, exist_ok=True)
    (project / "data/08_reporting/rounds/round_0.json").write_text(report)
    program = (
        "from pathlib import Path\n"
        "from kedro.framework.session import KedroSession\n"
        "from kedro.framework.startup import bootstrap_project\n"
        "bootstrap_project(Path.cwd())\n"
        "from libra_emo.hooks.tracking import log_to_mlflow\n"
        "context = KedroSession.create(Path.cwd()).load_context()\n"
        "loader = context.config_loader\n"
        "parameters, settings = loader['parameters'], loader['mlflow']\n"
        "log_to_mlflow(parameters, settings, context.catalog, 'done', Path.cwd())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
    )  # fmt: skip
    return done.stdout + done.stderr


def files_with(project: Path, secret: bytes) -> list[str]:
    """Return the files that hold a secret, but for the one that the user put it into."""
    own = project / "conf/local/credentials.yml"
    files = [path for path in project.rglob("*") if path.is_file() and path != own]
    return [path.relative_to(project).as_posix() for path in files if secret in path.read_bytes()]


def test_a_run_pays_says_why_and_shows_no_key(project: Path) -> None:
    with serving(answer) as server:
        configure(project, server.url)
        status, quoted = kedro(project, "quote")
        assert status == 0, quoted
        assert "explanation: $" in quoted and "voting: $" in quoted and "in all $" in quoted
        assert not server.arrived
        status, voted = kedro(project, "run", "--tags", "voting")
        assert status == 0, voted
        status, explained = kedro(project, "run", "--pipeline", "explanation")
        assert status == 0, explained
        assert "spent" in voted and "left" in explained
        assert len(server.arrived) == CLIPS + (CLIPS - 2) + 1
        assert {arrived.key for arrived in server.arrived} == {MARKED}
        status, again = kedro(project, "run", "--pipeline", "explanation")
        assert status == 0 and len(server.arrived) == 2 * CLIPS - 1
        status, quoted_after = kedro(project, "quote")
        assert "in all $0.00 to $0.00" in quoted_after
    texts = pd.read_parquet(project / "data/05_model_input/explanations.parquet")
    assert texts["label"].tolist() == labels(CLIPS)["label"].tolist()[2:]
    assert set(texts["status"]) == {"ok"} and set(texts["writer"]) == {"writer"}
    report = json.loads((project / "data/08_reporting/explanation_report.json").read_text())
    assert report["requests"] == {"1": 12, "2": 1} and report["failed_checks"] == {"too_short": 1}
    statuses = pd.read_csv(project / "data/08_reporting/explanation_statuses.csv")
    assert statuses.set_index(["attempt", "status"])["texts"]["1", "too_short"] == 1
    logged = log_to_mlflow(project)
    assert list((project / "data/mlflow").rglob("*.db")), logged
    for output in (quoted, voted, explained, again, logged):
        assert MARKED not in output
    assert files_with(project, MARKED.encode()) == []
    assert files_with(project, b"seen in the face"), "the search does find what is there"
    cues = ("--params", "explanation.writer=cues")
    status, output = kedro(project, "run", "--pipeline", "explanation", *cues)
    assert status == 0, output
    texts = pd.read_parquet(project / "data/05_model_input/explanations.parquet")
    assert set(texts["writer"]) == {"cues"}
    report = json.loads((project / "data/08_reporting/explanation_report.json").read_text())
    assert "requests" not in report


def test_answers_go_to_others_who_repeat_it_without_a_key(project: Path, tmp_path: Path) -> None:
    runs = {"voting": ("--tags", "voting"), "explanation": ("--pipeline", "explanation")}
    tables = ("04_feature/machine_votes.parquet", "05_model_input/explanations.parquet")
    with serving(answer) as server:
        configure(project, server.url)
        for pipeline, which in runs.items():
            status, output = kedro(project, "run", *which)
            assert status == 0, output
            file = tmp_path / f"{pipeline}.jsonl.gz"
            status, output = kedro(project, "export-answers", str(file), "-p", pipeline)
            assert status == 0 and "answers written" in output, output
        told_before = [(project / "data" / table).read_bytes() for table in tables]
        (project / "conf/local/credentials.yml").unlink()
        for ledger in (project / "data/04_feature").glob("*.sqlite"):
            ledger.unlink()
        for pipeline, which in runs.items():
            file = tmp_path / f"{pipeline}.jsonl.gz"
            status, output = kedro(project, "replay-answers", str(file), "-p", pipeline)
            assert status == 0 and "answers are new" in output, output
            alone = f"{pipeline}.recorded_only=true"
            status, output = kedro(project, "run", *which, "--params", alone)
            assert status == 0, output
        assert len(server.arrived) == 2 * CLIPS - 1
    assert [(project / "data" / table).read_bytes() for table in tables] == told_before


def test_a_server_that_repeats_the_key_does_not_bring_it_into_an_error(project: Path) -> None:
    refuse = Behaviour("status", status=401, error={"message": f"Incorrect API key: {MARKED}"})
    fail = Behaviour("status", status=400, error={"message": f"bad request of {MARKED}"})
    with serving(lambda number, arrived: refuse) as server:
        configure(project, server.url, tries=1)
        for pipeline in (("--tags", "voting"), ("--pipeline", "explanation")):
            status, output = kedro(project, "run", *pipeline)
            assert status == 1 and "the key is missing or wrong" in output
            assert MARKED not in output and "Traceback" not in output
        server.plan = lambda number, arrived: fail
        status, output = kedro(project, "run", "--pipeline", "explanation")
        assert status == 1 and "questions failed, the last: bad request of" in output
        assert MARKED not in output and "Traceback" not in output
    assert files_with(project, MARKED.encode()) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"modalities": ["audio"]},
            "explanation.writer.modalities: model openai/gpt-4o takes no audio",
        ),
        (
            {"model": "openai/unknown"},
            "explanation.writer.model: model openai/unknown has no price",
        ),
        (
            {"parameters": {"api_key": MARKED}},
            "voting.voters.0.parameters: 'api_key' would be written into the ledger",
        ),
        (
            {"api_base": None, "ceiling_usd": 0.0},
            "(`explanation.max_cost_usd` is 0 in conf/local/parameters.yml)",
        ),
    ],
)
def test_what_cannot_work_is_one_line_before_any_money(
    project: Path, change: dict[str, object], line: str
) -> None:
    with serving(answer) as server:
        configure(project, server.url, **{**change})  # type: ignore[arg-type]
        status, output = kedro(project, "run", "--pipeline", "explanation")
        assert status == 1 and not server.arrived
    assert line in output and MARKED not in output
    assert "conf/local/parameters.yml" in output
    assert len([row for row in output.splitlines() if row.strip()]) == 1, output
    assert not (project / "data/04_feature/explanation_answers.sqlite").exists()
