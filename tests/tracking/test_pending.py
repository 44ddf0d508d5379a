from pathlib import Path

import pytest

from libra_emo.tracking import pending
from libra_emo.tracking.connection.server import TrackingServerAwayError
from libra_emo.tracking.fine_tuning import FineTuning, Point
from libra_emo.tracking.loop import Loop, LoopKey, Training
from libra_emo.tracking.pending import FILE, PENDING, find_pending, hand_over, log_or_keep

SETTINGS = {"tracking_uri": "http://127.0.0.1:9", "experiment": "tests"}


@pytest.fixture
def loop(tmp_path):
    reports = tmp_path / "data/08_reporting"
    (reports / "figures").mkdir(parents=True)
    (reports / "figures/plot.png").write_bytes(b"png")
    (reports / "rounds.csv").write_text("round\n0\n")
    tuned = FineTuning(
        {"family": "tiny"}, (Point("training/loss", 1, 0.5, 3),), {"path": "x"}, "ab"
    )
    return Loop(
        key=LoopKey("digest", "classical", 7),
        parameters={"seed": "7"},
        points={("accuracy", 0): 0.4, ("asked", 1): 10.0},
        description="a table",
        trainings=[Training("round_0", {"accuracy": 0.4}, Path("l/round_0.parquet"), "ab", tuned)],
        reports=[reports / "figures/plot.png", reports / "rounds.csv"],
        scored=True,
        complete=False,
    )


@pytest.fixture
def server(monkeypatch):
    """What the tracking server got; it is away while `away` is set."""

    class Server:
        away = True
        got = ()

        def log(self, loop, ending, settings, project, reports=None, tags=None):
            if self.away:
                raise TrackingServerAwayError("the tracking server x does not answer")
            files = [
                (path.relative_to(reports), path.read_bytes()) for path in loop.reports if reports
            ]
            self.got += ((loop, ending, files),)

    server = Server()
    monkeypatch.setattr(pending, "log_loop", server.log)
    return server


def test_what_a_server_that_was_away_did_not_get_is_handed_over_once(
    loop, server, tmp_path, caplog
):
    log_or_keep(loop, "waiting", SETTINGS, tmp_path)
    (line,) = caplog.messages
    assert "does not answer; its figures are kept in data/mlflow/pending/digest" in line
    for path in loop.reports:
        path.write_text("of a later run")
    server.away = False
    assert hand_over(SETTINGS, tmp_path) == 1
    ((got, ending, files),) = server.got
    assert ending == "waiting"
    assert (got.key, got.points, got.trainings) == (loop.key, loop.points, loop.trainings)
    assert files == [(Path("figures/plot.png"), b"png"), (Path("rounds.csv"), b"round\n0\n")]
    assert hand_over(SETTINGS, tmp_path) == 0
    assert list((tmp_path / PENDING).iterdir()) == []


def test_the_next_run_hands_over_before_it_logs_itself(loop, server, tmp_path):
    log_or_keep(loop, "failed", SETTINGS, tmp_path)
    server.away = False
    log_or_keep(loop, "done", SETTINGS, tmp_path)
    assert [ending for _, ending, _ in server.got] == ["failed", "done"]
    assert find_pending(tmp_path) == []


def test_a_loop_is_kept_once_as_it_was_last(loop, server, tmp_path):
    log_or_keep(loop, "waiting", SETTINGS, tmp_path)
    log_or_keep(loop, "done", SETTINGS, tmp_path)
    (kept,) = find_pending(tmp_path)
    assert kept.ending == "done"


def test_an_away_server_ends_the_command_and_what_waits_goes_on_waiting(loop, server, tmp_path):
    log_or_keep(loop, "done", SETTINGS, tmp_path)
    with pytest.raises(TrackingServerAwayError):
        hand_over(SETTINGS, tmp_path)
    assert len(find_pending(tmp_path)) == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"loop": {"key": 1}, "points": 3}'])
def test_figures_that_cannot_be_read_cost_themselves_alone(loop, server, tmp_path, text, caplog):
    log_or_keep(loop, "done", SETTINGS, tmp_path)
    (tmp_path / PENDING / "broken").mkdir()
    (tmp_path / PENDING / "broken" / FILE).write_text(text)
    server.away = False
    caplog.clear()
    assert hand_over(SETTINGS, tmp_path) == 1
    assert "broken: these figures cannot be read" in caplog.text
