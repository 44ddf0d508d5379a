import pickle
import signal
import subprocess
import sys
import time

import pytest

from libra_emo.annotation_server.serving import (
    AppFactory,
    ServingError,
    is_loopback,
    open_socket,
)
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.taxonomy import read_taxonomy


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("lab.example.org", False),
    ],
)
def test_what_others_can_reach(host, alone):
    assert is_loopback(host) is alone


def test_an_address_of_no_machine_here_is_refused():
    with pytest.raises(ServingError, match=r"192\.0\.2\.1:0: .*--host"):
        open_socket("192.0.2.1", 0)


def test_server_processes_make_the_application_themselves(tmp_path):
    url = f"sqlite:///{tmp_path}/votes.sqlite"
    factory = AppFactory(url, {}, read_taxonomy(), ServerSettings())
    app = pickle.loads(pickle.dumps(factory))()
    assert app.state.server.store.url == url


PROGRAM = """
import sys
from libra_emo.annotation_server.serving import AppFactory, end_signal, open_socket, serve
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.taxonomy import read_taxonomy

if __name__ != "__main__":
    print("a server process has loaded the program again", file=sys.stderr)
else:
    factory = AppFactory(sys.argv[1], {}, read_taxonomy(), ServerSettings())
    with open_socket("127.0.0.1", 0) as listening, end_signal() as ending:
        print("ready", flush=True)
        serve(factory, listening, int(sys.argv[2]), ending)
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_whenever_it_is_asked_to(tmp_path, workers, number):
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    store = f"sqlite:///{tmp_path}/votes.sqlite"
    command = [sys.executable, str(tmp_path / "program.py"), store, str(workers)]
    servers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    try:
        for server, wait_s in zip(servers, (0, 0.2, 0.6, 1.5), strict=True):
            assert server.stdout.readline() == "ready\n"
            time.sleep(wait_s)
            server.send_signal(number)
        for server in servers:
            _, errors = server.communicate(timeout=60)
            assert (server.returncode, errors) == (0, "")
    finally:
        for server in servers:
            server.kill()
