import pickle
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.secrecy.addresses import distinguish, is_address, parse_address, show_address

USERS = st.text(ascii_lowercase, min_size=3, max_size=8)
# what careless people put into an address without escaping it
PASSWORDS = st.text(st.sampled_from("aZ9@:/%#?&=+!$ü密 ~.-_"), min_size=1, max_size=14).map(
    lambda text: f"Q{text}Q"
)
PATHS = st.sampled_from(["", "/", "/film.mp4", "/a/b/film.mp4", "/film@2x.mp4", "/電影.mp4"])
PLACES = ["https://{}host.org{}", "http://{}127.0.0.1:8080{}", "s3://{}bucket{}", "ftp://{}nas{}"]


@pytest.mark.parametrize(
    ("text", "shown", "secrets"),
    [
        ("https://ann:secret@host/a.mp4", "https://host/a.mp4", ["ann", "secret"]),
        ("https://user:PA@SS@host", "https://host", ["user", "PA@SS"]),
        ("https://user:PA@SS@host/a.mp4", "https://host/a.mp4", ["user", "PA@SS"]),
        ("s3://KEY:SEC/RET@bucket/x.mp4", "s3://bucket/x.mp4", ["KEY", "SEC/RET"]),
        ("http://user:pa/ss@host", "http://host", ["user", "pa/ss"]),
        ("http://user:1/2@host/a.mp4", "http://host/a.mp4", ["user", "1/2"]),
        ("https://user:pa%2Fss@host/a", "https://host/a", ["user", "pa/ss"]),
        ("https://token@host/a.mp4", "https://host/a.mp4", ["token"]),
        ("https://host/a.mp4?token=secret&x=1", "https://host/a.mp4", ["token=secret&x=1"]),
        ("https://host/a.mp4#secret", "https://host/a.mp4", []),
        ("https://u:p@host/film@2x.mp4", "https://host/film@2x.mp4", ["u", "p"]),
        ("zip://a@b.mp4::https://u:p@host/x.zip", "zip://a@b.mp4::https://host/x.zip", ["u", "p"]),
        ("simplecache::https://u:p::w@host/x", "simplecache::https://host/x", ["u", "p::w"]),
        # what may be part of a password or of a token is shown neither way
        ("https://u:p@host/a.mp4?t=x@y/z", "https://[login unclear]", ["u:p@host/a.mp4?t=x@y/z"]),
        ("https://u:p@ss#1@host/a.mp4", "https://host/a.mp4", ["u", "p@ss#1"]),
        ("https://host/a.mp4?mail=x@y/z", "https://host/a.mp4", ["mail=x@y/z"]),
        # no credentials at all
        ("https://host/@user/a.mp4", "https://host/@user/a.mp4", []),
        ("https://host.org:80/a@b/c.mp4", "https://host.org:80/a@b/c.mp4", []),
        ("http://[::1]:80/a@b/c.mp4", "http://[::1]:80/a@b/c.mp4", []),
        ("abfs://films@account/a.mp4", "abfs://films@account/a.mp4", []),
        ("github://org:films@main/a.mp4", "github://org:films@main/a.mp4", []),
        ("memory://d/a?.mp4", "memory://d/a?.mp4", []),
        # what names a page is shown, and what may be a token is not
        ("https://v.org/watch?v=a-1&token=s", "https://v.org/watch?v=a-1", ["v=a-1&token=s"]),
    ],
)
def test_credentials_are_taken_out(text, shown, secrets):
    address = parse_address(text)
    assert (str(address), show_address(text)) == (shown, shown)
    assert [value for one in address.credentials for value in one.values] == secrets


@given(st.sampled_from(PLACES), USERS, PASSWORDS, PATHS)
def test_password_is_never_shown_whatever_it_holds(place, user, password, path):
    address = parse_address(place.format(f"{user}:{password}@", path))
    for text in (str(address), repr(address), address.identity, address.name, repr([address])):
        assert not set("QZ密ü").intersection(text)
        assert f"{user}:" not in text
    assert "Q" not in str(address.parent()) + str(address.join("b.srt"))


@given(st.sampled_from(PLACES), USERS, PASSWORDS.filter(lambda text: "%" not in text))
def test_login_arrives_as_it_was_written_or_is_unclear(place, user, password):
    (credentials,) = parse_address(place.format(f"{user}:{password}@", "/d/a.mp4")).credentials
    whole = f"{user}:{password}@"
    assert credentials.values == [user, password] or credentials.values[0].startswith(whole)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "s3://", "zip://x::http://", "::"]))
def test_any_text_has_parts(text, start):
    address = parse_address(start + text)
    assert address.name and "/" not in address.name
    assert len(address.links) == len(address.credentials)
    assert parse_address(address.shown).shown == address.shown or not is_address(start + text)


def test_addresses_that_look_alike_are_told_apart_without_their_secrets():
    one, two, other = distinguish(
        [parse_address(f"https://host/{end}") for end in ("get?film=1&t=s", "get?film=2&t=s", "x")]
    )
    assert one.shown == two.shown == "https://host/get"
    assert len({one.identity, two.identity, other.identity}) == 3
    assert (other.variant, len(one.variant)) == ("", 16)
    assert one.variant == distinguish([two, one])[1].variant


def test_address_travels_to_another_process():
    address = parse_address("https://ann:secret@host/a.mp4?t=s")
    assert pickle.loads(pickle.dumps(address)) == address


def test_files_of_one_place_share_its_login_and_not_its_query():
    folder = parse_address("zip://d::https://ann:secret@host/x.zip?t=s")
    film = folder.join("a.mp4")
    assert str(film) == "zip://d/a.mp4::https://host/x.zip"
    assert film.credentials == folder.credentials
    beside = parse_address("https://ann:secret@host/d/a.mp4?t=s").parent().join("a.srt")
    assert [one.values for one in beside.credentials] == [["ann", "secret"]]
