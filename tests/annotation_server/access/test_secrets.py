from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.secrets import ServerSecret, read_secret


def test_all_processes_of_a_store_have_one_secret(tmp_path):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.sqlite")
    first, second = read_secret(store), read_secret(VoteStore(store.url))
    assert first.task("ana", "bench", "c1") == second.task("ana", "bench", "c1")
    assert first.read_session(second.sign_session("link"), 1) == "link"


def test_tokens_differ_by_each_part_and_by_the_secret():
    secret = ServerSecret("a")
    tokens = {
        secret.task("ana", "bench", "c1"),
        secret.task("ben", "bench", "c1"),
        secret.task("ana", "round", "c1"),
        secret.task("ana", "bench", "c2"),
        secret.task("ana\0bench", "c1", ""),
        ServerSecret("b").task("ana", "bench", "c1"),
        secret.campaign("ana", "bench"),
        secret.csrf("ana"),
        secret.person("ana"),
    }
    assert len(tokens) == 9


def test_a_session_that_was_changed_or_is_old_is_none():
    secret = ServerSecret("a")
    cookie = secret.sign_session("link")
    assert secret.read_session(cookie + "x", 1) is None
    assert ServerSecret("b").read_session(cookie, 1) is None
    assert secret.read_session(cookie, -1) is None
