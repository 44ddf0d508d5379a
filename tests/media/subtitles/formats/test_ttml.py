from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.formats.ttml import read_ttml

HEAD = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="p" ttp:frameRate="25" ttp:tickRate="10">'


def cues(body):
    found = read_ttml(f"<?xml version='1.0'?>{HEAD}<body>{body}</body></tt>")
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in make_cues(found.cues)], found


def test_times_in_all_units():
    read, _ = cues(
        '<p begin="00:00:01.500" end="00:00:02">a</p><p begin="3s" dur="500ms">b</p>'
        '<p begin="00:00:04:05" end="00:00:05:00">c</p><p begin="60t" end="7s">d</p>'
        '<p begin="200f" end="9s">e</p>'
    )
    assert read == [
        (1500, 2000, "a"),
        (3000, 3500, "b"),
        (4200, 5000, "c"),
        (6000, 7000, "d"),
        (8000, 9000, "e"),
    ]


def test_times_of_inner_elements_are_relative():
    read, _ = cues('<div begin="10s"><p begin="1s" end="3s"><span begin="1s">a</span></p></div>')
    assert read == [(12_000, 13_000, "a")]


def test_markup_breaks_and_what_is_not_spoken():
    read, _ = cues(
        '<p begin="1s" end="2s"><metadata><desc>no</desc></metadata>Hello<br/>'
        "<span>there &amp; you</span></p>"
    )
    assert read == [(1000, 2000, "Hello there & you")]


def test_broken_times_and_markup_cost_a_cue_alone():
    read, found = cues('<p begin="x" end="2s">lost</p><p begin="3s" end="4s">Go<b></p><p begin=')
    assert read == [(3000, 4000, "Go")]
    assert "x" in found.problems[0]


def test_deep_nesting_is_read():
    read, _ = cues("<div>" * 5000 + '<p begin="1s" end="2s">deep</p>' + "</div>" * 5000)
    assert read in ([], [(1000, 2000, "deep")])


def test_languages_are_kept_as_styles():
    _, found = cues('<p begin="1s" end="2s" xml:lang="fr">Oui</p>')
    assert [cue.style for cue in found.cues] == ["fr"]
