import pytest
import sqlalchemy as sa

from libra_emo.annotation.database.engine import read_url
from libra_emo.annotation.store import VoteStore, VoteStoreError


@pytest.mark.parametrize("password", ["pw", "p@ss", "p/s", "p@s/s", "p?s", "p%40ss"])
def test_password_of_a_database_may_hold_anything(password):
    url = read_url(f"postgresql+psycopg://ann:{password}@db.host:5432/votes?sslmode=require")
    assert (url.host, url.port, url.database) == ("db.host", 5432, "votes")
    assert (url.username, url.password) == ("ann", password.replace("%40", "@"))
    assert url.query == {"sslmode": "require"}
    assert password not in repr(url)


def test_password_that_may_end_in_several_places_is_refused_and_not_shown():
    with pytest.raises(sa.exc.ArgumentError, match=r"write @, /, \? and # in it as %40") as caught:
        read_url("postgresql+psycopg://ann:p@s/s:#?@db.host:5432/votes")
    assert "s/s" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["sqlite:///data/a@b.sqlite", "sqlite://", "postgresql://db/votes"]
)
def test_other_urls_are_read_as_ever(text):
    assert read_url(text) == sa.make_url(text)


@pytest.mark.parametrize("password", ["hidden", "hid@den", "hid/den", "hi@d/d:#?en", "hid%40den"])
def test_no_part_of_a_password_is_in_an_error_of_the_store(password):
    store = VoteStore(f"postgresql+psycopg://ann:{password}@127.0.0.1:1/votes")
    with pytest.raises(VoteStoreError) as caught:
        store.campaigns()
    text = str(caught.value)
    shown = text.partition(" failed:")[0]
    assert not {"hi", "hid", "en", "den", "ann"} & set(shown.replace("@", " ").split())
    assert password not in text and "\n" not in text
