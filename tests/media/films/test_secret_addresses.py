"""A login in an address of a manifest, followed through all that is shown and stored."""

import logging
import traceback

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libra_emo.configuration.films import digest_films
from libra_emo.configuration.memory.films import DigestMemory
from libra_emo.datasets import TableDataset
from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_film, tabulate_sources
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources import AddressError, FilmsError, LocalCopies, read_manifest

OPTIONS = PreprocessingOptions(fetching={"attempts": 1, "first_wait_seconds": 0})
# letters that stand nowhere else, so that each of them shows a leak
MARKS = "ЖЩЮ"
SECRETS = st.lists(
    st.sampled_from([*"@:/%#?&=+ ~.", "%2F", "%41", "ü", *MARKS]), min_size=1, max_size=9
).map(lambda parts: f"{MARKS[0]}{''.join(parts)}{MARKS[1]}")
HOSTS = st.sampled_from(["127.0.0.1:9", "127.0.0.1:9/films", "localhost:9/a b/c"])
SCHEMES = st.sampled_from(["http", "https", "zip://d/x.mp4::http", "simplecache::https", "sftp"])


def check(text):
    assert not set(MARKS).intersection(text), text


@given(secret=SECRETS, token=SECRETS, host=HOSTS, scheme=SCHEMES)
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_login_of_a_film_is_nowhere(tmp_path, caplog, secret, token, host, scheme):
    caplog.set_level(logging.DEBUG)
    address = f"{scheme}://user:{secret}@{host}/film.mp4"
    if scheme != "sftp":
        address += f"?token={token}"
    table = pd.DataFrame({"path": [address], "url": [address], "subtitle": [address]})
    table.to_csv(tmp_path / "list.csv", index=False)
    films = find_films(str(tmp_path / "list.csv"))
    check(repr(films) + str(films[0].place) + str(films[0].subtitle))
    copies = LocalCopies(tmp_path / "copies", OPTIONS.fetching)
    row = describe_film(films[0], OPTIONS, copies)
    check(repr(row))
    assert row["outage"] or row["trouble"]
    TableDataset(filepath=str(tmp_path / "sources.parquet")).save(tabulate_sources([row]))
    check(str(pd.read_parquet(tmp_path / "sources.parquet").to_dict()))
    digest_films(str(tmp_path / "list.csv"), tmp_path, DigestMemory(tmp_path / "digests.json"))
    for path in tmp_path.rglob("*"):
        check(path.as_posix())
        if path.is_file() and path.name != "list.csv":
            check(path.read_bytes().decode("utf-8", "replace"))
    check(caplog.text)


@given(secret=SECRETS, host=HOSTS)
@settings(max_examples=10, deadline=None)
def test_no_traceback_has_the_login(secret, host):
    address = f"http://user:{secret}@{host}/list.csv?token={secret}"
    for ask, kind in (
        (lambda: read_manifest(address, OPTIONS.fetching), FilmsError),
        (lambda: LocalCopies("nowhere", OPTIONS.fetching).look_up(address), AddressError),
    ):
        try:
            ask()
        except kind as error:
            found = error
        shown = traceback.TracebackException.from_exception(found)
        check("".join(shown.format()))
        while found is not None:
            check(str(found) + repr(found))
            found = found.__cause__ or found.__context__
