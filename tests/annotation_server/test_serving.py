import pickle

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
