"""Kinds of files against what names a film: found, filtered, and clean afterwards."""

import gzip
import io
import json
import sqlite3
import tarfile
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libra_emo.common.integrity.parquet import read_parquet, write_parquet
from libra_emo.publication.takedown.contents.archives import filter_tar
from libra_emo.publication.takedown.contents.databases import filter_database
from libra_emo.publication.takedown.contents.filtering import (
    CannotFilter,
    filter_csv,
    filter_json,
    filter_lines,
    filter_parquet,
)
from libra_emo.publication.takedown.contents.search import names_film
from libra_emo.publication.takedown.needles import Needles

FILM, OTHER = "café-0a1b2c3d", "plain-99887766"
ADDRESS = "https://example.org/film/7"
DIGEST = "5f" * 32
NEEDLES = Needles(ids=(FILM,), digests=(DIGEST,), addresses=(ADDRESS,))
NAMED = [
    FILM,
    f"{FILM}-00000000-00004000",
    "renamed-0a1b2c3d-00000000-00004000",
    DIGEST.upper(),
    f"see {ADDRESS}.",
    json.dumps({"clip_id": FILM}),
]
FREE = [OTHER, "0a1b2c3d", f"{ADDRESS}1", f"{ADDRESS}/2", DIGEST[:40], ""]


def write_tables(path, texts):
    write_parquet(pd.DataFrame({"number": range(len(texts)), "text": texts}), path)


def write_nested(path, texts):
    pd.DataFrame({"parts": [[{"text": text}] for text in texts]}).to_parquet(path)


def write_csv(path, texts):
    pd.DataFrame({"number": range(len(texts)), "text": texts}).to_csv(path, index=False)


def write_lines(path, texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))


def write_packed_lines(path, texts):
    plain = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    path.write_bytes(gzip.compress(plain.encode()))


def write_list(path, texts):
    path.write_text(json.dumps({"rows": [{"text": text, "n": 1} for text in texts]}))


def write_members(path, texts):
    with tarfile.open(path, "w") as archive:
        for text in texts:
            info = tarfile.TarInfo("member.json")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))


def write_database(path, texts):
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE texts (padding TEXT, text TEXT)")
    rows = [("long " * 1500, text) for text in texts]
    connection.executemany("INSERT INTO texts VALUES (?, ?)", rows)
    connection.close()


def run_database(path, out, needles):
    return sum(filter_database(path, out, needles).values())


KINDS = {
    "parquet": (write_tables, filter_parquet),
    "nested": (write_nested, filter_parquet),
    "csv": (write_csv, filter_csv),
    "lines": (write_lines, filter_lines),
    "packed": (write_packed_lines, filter_lines),
    "json": (write_list, filter_json),
    "tar": (write_members, filter_tar),
    "database": (write_database, run_database),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(named=st.lists(st.sampled_from(NAMED), min_size=1, max_size=3), order=st.permutations(FREE))
def test_rows_that_name_the_film_go_and_all_others_stay(tmp_path, kind, named, order):
    write, leave_out = KINDS[kind]
    path, out, wanted = (tmp_path / name for name in ("made", "out", "wanted"))
    for place in (out, wanted):
        place.unlink(missing_ok=True)
    write(path, [*order[:3], *named, *order[3:]])
    write(wanted, order)
    assert names_film(path, NEEDLES) and not names_film(wanted, NEEDLES)
    assert leave_out(path, out, NEEDLES) == len(named)
    assert not names_film(out, NEEDLES)
    if kind in ("json", "lines", "tar"):
        assert out.read_bytes() == wanted.read_bytes()


def test_a_filtered_table_has_a_seal_and_its_kinds_of_columns(tmp_path):
    table = pd.DataFrame({"text": [FILM, OTHER, None], "n": [1, 2, 3], "x": [0.5, None, 1.0]})
    write_parquet(table, tmp_path / "made")
    write_parquet(table[1:], tmp_path / "wanted")
    filter_parquet(tmp_path / "made", tmp_path / "out", NEEDLES)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "wanted").read_bytes()
    assert len(read_parquet(tmp_path / "out")) == 2


def test_a_csv_file_keeps_its_quotes_and_lines(tmp_path):
    kept = 'id,words\r\n"a","two\nlines, quoted"\r\n'
    (tmp_path / "made").write_bytes(f'{kept}{OTHER},"x\n{ADDRESS}"\r\n'.encode())
    assert filter_csv(tmp_path / "made", tmp_path / "out", NEEDLES) == 1
    assert (tmp_path / "out").read_bytes() == kept.encode()


@pytest.mark.parametrize(
    ("leave_out", "content"),
    [
        (filter_csv, f"{FILM},b\n1,2\n"),
        (filter_json, json.dumps(FILM)),
        (filter_json, json.dumps({"crc32": "0", "film": FILM})),
        (filter_json, "{torn"),
    ],
)
def test_what_has_no_rows_to_leave_out_is_not_filtered(tmp_path, leave_out, content):
    (tmp_path / "made").write_text(content)
    with pytest.raises(CannotFilter):
        leave_out(tmp_path / "made", tmp_path / "out", NEEDLES)


def test_json_keys_go_with_what_they_lead_to(tmp_path):
    content = {"fold_of": {FILM: 1, OTHER: 2}, "deep": [{"more": {"at": ADDRESS, "n": 1}}]}
    (tmp_path / "made").write_text(json.dumps(content))
    assert filter_json(tmp_path / "made", tmp_path / "out", NEEDLES) == 2
    left = json.loads((tmp_path / "out").read_text())
    assert left == {"fold_of": {OTHER: 2}, "deep": [{"more": {"n": 1}}]}


def test_it_is_found_in_archives_in_archives_and_across_blocks(tmp_path, monkeypatch):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.json", FILM)
    (tmp_path / "deep").write_bytes(gzip.compress(inner.getvalue()))
    assert names_film(tmp_path / "deep", NEEDLES)
    (tmp_path / "wide").write_bytes(FILM.encode("utf-16-le"))
    assert names_film(tmp_path / "wide", NEEDLES)
    monkeypatch.setattr("libra_emo.publication.takedown.contents.search.BLOCK_BYTES", 16)
    (tmp_path / "long").write_bytes(b"x" * 10 + FILM.encode() + b"y" * 100)
    assert names_film(tmp_path / "long", NEEDLES)


def test_a_film_whose_id_begins_another_ones_id_is_not_confused_with_it():
    longer = f"{FILM}-cut-01234567"
    needles = Needles(ids=(FILM,), other_ids=(longer,))
    assert needles.in_text(f"{FILM}-2") and needles.in_text(f"{FILM}-00000000-00004000")
    assert not needles.in_text(longer)
    assert not needles.in_text(f"{longer}-00000000-00004000")
