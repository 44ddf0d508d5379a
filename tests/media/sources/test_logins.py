import pytest

from libra_emo.common.secrecy.addresses import parse_address
from libra_emo.media.sources import LoginError, Logins

LOGINS = Logins(
    {
        "https://host/films": {"username": "ann", "password": "secret"},
        "https://host/films/deep": {"query": "token=t"},
        "s3://bucket": {"username": "KEY", "password": "SEC/RET"},
    }
)


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("https://host/films/a.mp4", ["ann", "secret"]),
        ("https://host/films/deep/a.mp4", ["token=t"]),
        ("https://host/filmsandmore/a.mp4", []),
        ("https://host.evil.org/films/a.mp4", []),
        ("https://bob:other@host/films/a.mp4", ["bob", "other"]),
        ("zip://a.mp4::s3://bucket/x.zip", ["KEY", "SEC/RET"]),
    ],
)
def test_longest_beginning_counts(address, values):
    found = LOGINS.apply(parse_address(address))
    assert [value for one in found.credentials for value in one.values] == values
    assert "secret" not in repr(found) + repr(LOGINS)


@pytest.mark.parametrize(
    "logins", [{"https://a:b@host": {}}, {"https://host": {"user": "x"}}, {"https://host": "x:y"}]
)
def test_login_that_is_written_otherwise_is_refused(logins):
    with pytest.raises(LoginError, match="film_logins: https://host: must be"):
        Logins(logins)
