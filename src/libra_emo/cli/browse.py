"""`kedro lineage` and `kedro runs`: kedro-viz and MLflow in a browser, on their best page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.servers import Server, open_here, serve
from libra_emo.cli.session import environment_option

# without datasets: the boxes fit a screen and can be read, with the 60 datasets between them not
BOXES = "?types=nodes"
# MLflow 3.17 opens every experiment in its view for GenAI, whatever the experiment's tag says
TRAINING_VIEW = "workflowType=machine_learning"
CHARTS = "compareRunsMode=CHART"


@click.command()
@environment_option
@click.option("--port", default=4141, show_default=True, help="First port to try.")
@click.pass_obj
@one_line_errors
def lineage(metadata: Any, env: str | None, port: int) -> None:
    """Open kedro-viz in a browser: a box for each pipeline and round."""
    with serve_lineage(metadata.project_path, env, port) as server:
        server.show(BOXES)


@click.command()
@environment_option
@click.option("--port", default=5000, show_default=True, help="First port to try.")
@click.option(
    "--hand-over", is_flag=True, help="Only log the figures of runs whose server was away."
)
@click.pass_obj
@one_line_errors
def runs(metadata: Any, env: str | None, port: int, hand_over: bool) -> None:
    """Open MLflow in a browser: the curves of all loops side by side."""
    from libra_emo.cli.session import open_context
    from libra_emo.tracking.connection.store import place_uri, relocate

    with open_context(metadata.project_path, env) as context:
        settings = context.config_loader["mlflow"]
    if hand_over:
        _hand_over(settings, metadata.project_path)
        return
    relocate(settings, metadata.project_path)
    store = place_uri(settings["tracking_uri"], metadata.project_path)
    with serve_runs(store, metadata.project_path, port) as server:
        server.show(find_experiment(server.address, settings["experiment"]))


def _hand_over(settings: dict[str, Any], project: Path) -> None:
    from libra_emo.tracking.pending import hand_over

    count = hand_over(settings, project)
    click.echo(f"{count} {'loop' if count == 1 else 'loops'} handed over to MLflow")


@contextmanager
def serve_lineage(project: Path, env: str | None = None, port: int = 4141) -> Iterator[Server]:
    """Give a kedro-viz that shows the project, and end it afterwards."""
    command = ["kedro", "viz", "run", "--no-browser", *(["--env", env] if env else [])]
    with serve(command, "api/main", project, port) as server:
        yield server


@contextmanager
def serve_runs(store: str, project: Path, port: int = 5000) -> Iterator[Server]:
    """Give an MLflow that shows a store's runs, and end it afterwards."""
    command = ["mlflow", "ui", "--backend-store-uri", store, "--workers", "1"]
    with serve(command, "health", project, port) as server:
        yield server


def find_experiment(address: str, name: str) -> str:
    """Return the page of an experiment; the list of all if there is none of this name yet."""
    asked = f"{address}/api/2.0/mlflow/experiments/get-by-name?experiment_name={quote(name)}"
    with suppress(OSError), open_here(asked, timeout=30) as answer:
        found = json.load(answer)["experiment"]["experiment_id"]
        return f"#/experiments/{found}/runs?{TRAINING_VIEW}&{CHARTS}"
    return f"#/experiments?{TRAINING_VIEW}"
