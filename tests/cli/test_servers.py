"""Servers are given once they answer, and ended with their children."""

import os
import signal
import time
from urllib.request import urlopen

import pytest

from libra_emo.cli.servers import ServerError, serve

# it serves from a child of its own, as kedro-viz does
PROGRAM = """
import argparse, http.server, os, sys, time
options = argparse.ArgumentParser()
options.add_argument("--host")
options.add_argument("--port", type=int)
given = options.parse_args()
time.sleep(0.3)
if os.fork():
    os.wait()
handler = http.server.SimpleHTTPRequestHandler
http.server.HTTPServer((given.host, given.port), handler).serve_forever()
"""


def write(tmp_path, program):
    path = tmp_path / "server.py"
    path.write_text(program)
    return ["python", str(path)]


def test_a_server_is_given_when_it_answers_and_ended_with_its_children(tmp_path):
    with serve(write(tmp_path, PROGRAM), "server.py", tmp_path, 24_000) as server:
        assert urlopen(f"{server.address}/server.py").status == 200
        group = server.process.pid
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the server's children are still at work")


def test_a_closed_terminal_ends_the_server(tmp_path):
    before = signal.getsignal(signal.SIGHUP)
    with (
        pytest.raises(KeyboardInterrupt),
        serve(write(tmp_path, PROGRAM), "", tmp_path, 24_050) as server,
    ):
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(5)
    assert server.process.poll() is not None
    assert signal.getsignal(signal.SIGHUP) == before


def test_a_port_that_is_taken_is_passed_over(tmp_path):
    command = write(tmp_path, PROGRAM)
    with serve(command, "", tmp_path, 24_100) as one, serve(command, "", tmp_path, 24_100) as two:
        assert one.address != two.address


def test_a_server_that_ends_is_an_error_with_its_last_words(tmp_path):
    command = write(tmp_path, "raise SystemExit('no such project')")
    with pytest.raises(ServerError, match="no such project"), serve(command, "", tmp_path, 24_200):
        pass
