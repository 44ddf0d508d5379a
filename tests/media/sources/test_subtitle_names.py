import pytest

from libra_emo.media.sources.subtitle_names import find_owner, read_name

NAMES = [
    ("", ()),
    (".en", ("en",)),
    (".English (SDH)", ("en",)),
    (".chs&eng", ("zh-Hans", "en")),
    (".cht_eng", ("zh-Hant", "en")),
    (".zh&en", ("zh", "en")),
    (".简英", ("zh-Hans", "en")),
    (".中英双语", ("zh", "en")),
    (".繁中", ("zh-Hant",)),
    (".简体&英文", ("zh-Hans", "en")),
    (".BIG5", ("zh-Hant",)),
    (".utf-8", ()),
    (".en.UTF8", ("en",)),
    ("-eng-sdh", ("en",)),
    (" [en]", ("en",)),
    ("(en)", ("en",)),
    (".mp4", ()),
    (".mkv.fr", ("fr",)),
    (".zh_CN", ("zh-CN",)),
    (".pt-BR", ("pt-BR",)),
    (".zh-Hans-en", ("zh-Hans", "en")),
    (".en-orig", ("en",)),
    (".Chinese (Simplified)", ("zh-Hans",)),
    ("_track3_[eng]", ("en",)),
    (".2.en", ("en",)),
    (".hi", ("hi",)),
    (".en.hi", ("en",)),
    (".sdh", ()),
    (".cn", ("zh",)),
    (".chs.jpn", ("zh-Hans", "ja")),
    (".xyz", ("xyz",)),
]


@pytest.mark.parametrize(("rest", "languages"), NAMES)
def test_languages_are_read_from_the_name(rest, languages):
    name = read_name(rest)
    assert name is not None
    assert name.languages == languages


@pytest.mark.parametrize("rest", ["_2", ".1", "-x", "_to", ".directors cut", ".The.End", ".part2"])
def test_something_else_is_not_understood(rest):
    assert read_name(rest) is None


@pytest.mark.parametrize(
    ("rest", "forced"), [(".en.forced", True), (".Foreign.eng", True), (".en.cc", False)]
)
def test_forced_subtitles_are_marked(rest, forced):
    assert read_name(rest).is_forced is forced


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("film.en", ("film.mp4", ".en")),
        ("film.2.en", ("film.2.mp4", ".en")),
        ("film.mp4", ("film.mp4", "")),
        ("FILM.en", ("film.mp4", ".en")),
        ("filming", None),
        ("other", None),
    ],
)
def test_longest_name_of_a_film_owns_a_file(name, owner):
    assert find_owner(name, ["film.mp4", "film.2.mp4"]) == owner
