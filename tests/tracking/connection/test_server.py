import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from libra_emo.tracking.connection.server import TrackingServerAwayError, check_server


@pytest.fixture
def answering():
    """A function that starts a server which answers with a status, and returns its address."""
    servers = []

    def start(status):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        return f"127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def silent():
    """The address of a server that takes connections and never answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500])
def test_a_server_that_answers_is_there_whatever_it_answers(answering, status):
    check_server(f"http://{answering(status)}")
    check_server(f"http://user:pa@ss@{answering(status)}/mlflow/")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_without_its_server_is_away(answering, status):
    with pytest.raises(TrackingServerAwayError, match=rf"does not answer \(status {status}\)"):
        check_server(f"http://{answering(status)}")


def test_a_server_that_refuses_or_is_silent_is_away_within_seconds(silent):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        refusing = f"127.0.0.1:{free.getsockname()[1]}"
        for address in (refusing, silent, "nobody.invalid:80"):
            started = time.monotonic()
            with pytest.raises(TrackingServerAwayError) as raised:
                check_server(f"http://user:secret@{address}/path")
            assert address in str(raised.value) and "secret" not in str(raised.value)
            assert time.monotonic() - started < 30  # far below MLflow's four minutes


def test_files_and_databases_are_no_servers(monkeypatch):
    for uri in ("sqlite:///data/mlflow.db", "file:///runs", "databricks", "postgresql://host/db"):
        check_server(uri)


def test_mlflow_itself_gets_short_limits_unless_they_are_set(answering, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_TIMEOUT", raising=False)
    check_server(f"http://{answering(200)}")
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "3"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "10"
