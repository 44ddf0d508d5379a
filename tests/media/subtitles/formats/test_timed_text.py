from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.formats.timed_text import read_markup


def cues(text):
    return [(c.start_ms, c.end_ms, c.text) for c in make_cues(read_markup(text).cues)]


def test_srv3_says_each_line_once():
    text = """<?xml version="1.0" encoding="utf-8" ?><timedtext format="3"><body>
    <w t="0" id="1" wp="1"/><p t="1000" d="5000" w="1"><s>Hello</s><s t="200"> there</s></p>
    <p t="3000" d="10" w="1" a="1">
    </p><p t="3000" d="3000" w="1"><s>Go</s><s t="90"> away</s></p></body></timedtext>"""
    assert cues(text) == [(1000, 3000, "Hello there"), (3000, 6000, "Go away")]


def test_srv1_is_escaped_twice():
    text = (
        '<?xml version="1.0"?><transcript><text start="1.5" dur="2">I&amp;#39;m</text>'
        '<text start="bad" dur="1">lost</text><text start="4">on</text></transcript>'
    )
    assert cues(text) == [(1500, 3500, "I'm"), (4000, 9000, "on")]
    assert len(read_markup(text).problems) == 1


def test_sami_lasts_to_the_next_and_keeps_classes_apart():
    text = """<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Hello<br>there<P Class=FRCC>Bonjour
    <SYNC Start=3000><P Class=ENCC>&nbsp;<P Class=FRCC>&nbsp;<SYNC Start=4000><P Class=ENCC>Go"""
    found = read_markup(text)
    english = [cue for cue in found.cues if cue.style == "encc"]
    assert [(c.start_ms, c.end_ms, c.text) for c in make_cues(english)] == [
        (1000, 3000, "Hello there"),
        (4000, 9000, "Go"),
    ]
    assert {cue.style for cue in found.cues} == {"encc", "frcc"}
