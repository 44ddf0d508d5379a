from libra_emo.annotation_server.access.attempts import Attempts


def test_wrong_links_are_forgotten_after_a_minute():
    now = [0.0]
    attempts = Attempts(2, clock=lambda: now[0])
    for _ in range(2):
        assert attempts.allowed("a")
        attempts.fail("a")
    assert not attempts.allowed("a")
    assert attempts.allowed("b")
    now[0] = 61.0
    assert attempts.allowed("a")
