import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.subtitles.bilingual import choose_part, part_languages
from libra_emo.media.subtitles.formats.raw import RawCue

CHINESE = ["我们会有另外一个孩子？", "今天天气很好。", "我不知道你在说什么。"]
ENGLISH = [
    "We're gonna have another baby.",
    "The weather is fine today.",
    "What is it you say?",
]
FRENCH = [
    "Je ne sais pas ce que c'est, mais vous êtes ici.",
    "Il n'est pas là, et elle ne sait pas pourquoi.",
    "Nous devons partir tout de suite avec les enfants.",
]
JAPANESE = ["大丈夫？", "はい、大丈夫です。", "何を言っているの？"]


def cues(*columns, style="", mark=""):
    """Return cues whose lines come from the columns, one cue after the other."""
    return [
        RawCue(number * 1000, number * 1000 + 900, f"\n{mark}".join(lines), style)
        for number, lines in enumerate(zip(*columns, strict=True))
    ]


def texts(part):
    return [cue.text for cue in part.cues]


@pytest.mark.parametrize("count", [1, 3])
def test_scripts_part_two_languages_and_the_first_stays_first(count):
    first, second = part_languages(cues(CHINESE[:count], ENGLISH[:count]))
    assert (first.language, texts(first)) == ("zh", CHINESE[:count])
    assert (second.language, texts(second)) == ("en", ENGLISH[:count])
    first, second = part_languages(cues(ENGLISH, CHINESE))
    assert [first.language, second.language] == ["en", "zh"]


def test_cues_at_the_same_time_are_parted_too():
    both = [*cues(CHINESE), *cues(ENGLISH)]
    parts = part_languages(both)
    assert [texts(part) for part in parts] == [CHINESE, ENGLISH]


def test_styles_part_languages_of_one_script():
    for both in (
        [*cues(FRENCH, style="fr"), *cues(ENGLISH, style="en")],
        cues(FRENCH, ENGLISH, mark="{\\fs12}"),
        cues(FRENCH, ENGLISH, mark='<font color="yellow">'),
    ):
        first, second = part_languages(both)
        assert (first.language, second.language) == ("fr", "en")
        assert texts(first) == FRENCH
        assert [text.rpartition("}")[2].rpartition(">")[2] for text in texts(second)] == ENGLISH


def test_japanese_with_characters_alone_is_one_language():
    assert [part.language for part in part_languages(cues(JAPANESE))] == [None]
    first, second = part_languages(cues(JAPANESE, ENGLISH))
    assert (first.language, second.language) == ("ja", "en")
    assert texts(first) == JAPANESE


@pytest.mark.parametrize(
    "spoken",
    [
        [["你好，John。"], ["OK"], ["我用 iPhone。"], ["再见。"]],
        [["Hello."], ["你好。"], ["Bye."], ["How are you?"], ["Fine."]],
        [["Hello.", "Hello."], ["Bye.", "Yes."]],
        [["1984"], ["..."]],
        [],
    ],
)
def test_one_language_stays_whole(spoken):
    whole = [RawCue(n * 1000, n * 1000 + 900, "\n".join(lines)) for n, lines in enumerate(spoken)]
    (part,) = part_languages(whole)
    assert (part.language, part.cues) == (None, whole)


def test_names_decide_where_words_do_not():
    tiny = cues(["你好"], ["Ja."])
    assert [part.language for part in part_languages(tiny, ["zh-Hant", "de"])] == ["zh-Hant", "de"]


def test_part_is_chosen_by_language():
    parts = part_languages(cues(CHINESE, ENGLISH))
    assert [cue.text for cue in choose_part(parts, "en-US")] == ENGLISH
    assert [cue.text for cue in choose_part(parts, "fr")] == CHINESE


@given(st.lists(st.tuples(st.integers(0, 9), st.text("a字か.\n{}<>", max_size=9)), max_size=9))
def test_each_line_with_words_is_in_some_part(given_cues):
    whole = [RawCue(start, start + 1, text) for start, text in given_cues]
    parts = part_languages(whole)
    if len(parts) > 1:
        lines = {line for cue in whole for line in cue.text.split("\n") if "a" in line}
        kept = {line for part in parts for cue in part.cues for line in cue.text.split("\n")}
        assert {line for line in lines if "<" not in line and "{" not in line} <= kept
