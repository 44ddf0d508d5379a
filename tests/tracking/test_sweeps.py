import pandas as pd
import pytest
from mlflow import MlflowClient

from libra_emo.tracking.sweeps import log_sweep
from libra_emo.tracking.tags import PARENT_TAG

pytestmark = pytest.mark.slow  # MLflow takes some ten seconds to make its database


def test_a_sweep_is_one_run_with_its_settings_below_it_and_logged_once(tmp_path):
    table, figure = tmp_path / "data_share.csv", tmp_path / "data_share.png"
    rows = [("50 %", 4, 9, 3, 0.4, None), ("100 %", 8, 9, 3, 0.5, 0.25)]
    columns = ["setting", "clips", "n", "films", "accuracy", "macro_f1"]
    pd.DataFrame(rows, columns=columns).to_csv(table, index=False)
    figure.write_bytes(b"png")
    settings = {"tracking_uri": "sqlite:///mlflow.db", "experiment": "e", "artifacts": "artifacts"}
    ids = [
        log_sweep("data_share", table, figure, {"student": "classical"}, settings, tmp_path)
        for _ in range(2)
    ]
    assert ids[0] == ids[1]
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("e").experiment_id
    runs = client.search_runs([experiment])
    children = [run for run in runs if run.data.tags.get(PARENT_TAG) == ids[0]]
    assert len(runs) == 3 and len(children) == 2
    whole = next(run for run in children if run.data.params["setting"] == "100 %")
    assert whole.data.metrics == {"accuracy": 0.5, "macro_f1": 0.25}
    assert whole.data.params["clips"] == "8"
    assert {file.path for file in client.list_artifacts(ids[0])} == {table.name, figure.name}
