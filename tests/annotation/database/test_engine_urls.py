import pytest
import sqlalchemy as sa

from libra_emo.annotation.database.engine import read_url


@pytest.mark.parametrize("password", ["pw", "p@ss", "p/s", "p@s/s:#?", "p%40ss"])
def test_password_of_a_database_may_hold_anything(password):
    url = read_url(f"postgresql+psycopg://ann:{password}@db.host:5432/votes?sslmode=require")
    assert (url.host, url.port, url.database) == ("db.host", 5432, "votes")
    assert (url.username, url.password) == ("ann", password.replace("%40", "@"))
    assert url.query == {"sslmode": "require"}
    assert password not in repr(url)


@pytest.mark.parametrize(
    "text", ["sqlite:///data/a@b.sqlite", "sqlite://", "postgresql://db/votes"]
)
def test_other_urls_are_read_as_ever(text):
    assert read_url(text) == sa.make_url(text)
