"""MLflow opens on the project's experiment, in the view for training."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from libra_emo.cli.browse import find_experiment


class Store(BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path.endswith("experiment_name=libra_emo%20one")
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"experiment": {"experiment_id": "7"}}).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def address():
    server = HTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    ).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_experiment_opens_in_the_view_for_training(address):
    page = find_experiment(address, "libra_emo one")
    assert page == "#/experiments/7/runs?workflowType=machine_learning&compareRunsMode=CHART"


def test_without_an_experiment_the_list_opens(address):
    assert find_experiment(address, "none").startswith("#/experiments?")
