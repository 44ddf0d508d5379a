"""Lists of films as people write them."""

import pytest

from libra_emo.collection.address_list import read_addresses
from libra_emo.collection.errors import CollectionError

ONE, TWO = "https://youtu.be/AAAAAAAAAA1", "https://youtu.be/AAAAAAAAAA2"


@pytest.mark.parametrize(
    "text",
    [
        f"address,theme,language\n{ONE},Drama,English\n{TWO},comedy,zh\n",
        f"URL;Theme;Language\r\n{ONE};Drama;English\r\n;;\r\n{TWO};comedy;zh\r\n",
        f"theme\tlink\tlanguage\nDrama\t{ONE}\ten\ncomedy\t{TWO}\tzh\n",
        f"\ufeffaddress,theme,language,note\n{ONE},drama,en,“x”\n{TWO},comedy,zh\n{ONE}?t=3,x,x,x\n",
    ],
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_lists_in_several_forms(tmp_path, text, coding):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(coding))
    films = read_addresses(path)
    assert [(film.theme, film.language) for film in films] == [("drama", "en"), ("comedy", "zh")]
    assert [film.asked for film in films] == [ONE, TWO]
    assert all(film.trouble is None for film in films)


@pytest.mark.parametrize(
    "row",
    [
        *("nothing", "file:///etc/passwd", "/home/ana/film.mp4", "ftp://x.example/a", "-o evil"),
        *("AAAAAAAAAA1", "https://ann:secret@films.example.org/a.mp4", "javascript:alert(1)"),
        *("ytsearch:a", "https://films.example.org/a?access_token=secret"),
    ],
)
def test_a_bad_row_costs_only_itself(tmp_path, row):
    path = tmp_path / "list.csv"
    path.write_text(f"address\n{row}\n{ONE}\n")
    bad, good = read_addresses(path)
    assert bad.trouble and good.trouble is None
    assert "secret" not in bad.address


@pytest.mark.parametrize("content", [b"", b"title\nx\n", b"\xff\x00\x81"])
def test_what_is_no_list_is_an_error(tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(CollectionError):
        read_addresses(path)


def test_a_missing_list_names_the_parameter(tmp_path):
    with pytest.raises(CollectionError, match=r"collection\.addresses"):
        read_addresses(tmp_path / "list.csv")
