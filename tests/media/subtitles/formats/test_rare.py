import pytest

from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.formats.rare import RARE_FORMATS, read_rare

FILES = [
    (".stl", "00:00:01:00 , 00:00:03:00 , Hello\n00:00:04:00 , 00:00:05:00 , Go\n"),
    (".pjs", '    10,    30,"Hello"\n    40,   50,"Go"\n'),
    (".jss", "#TIMERES 100\n0:00:01.00 0:00:03.00 D Hello\n0:00:04.00 0:00:05.00 D Go\n"),
    (".psb", "FORMAT=TIME\n\n1 2\nHello\n\n1 1\nGo\n"),
    (".aqt", "-->> 000025\nHello\n\n-->> 000075\n\n\n-->> 000100\nGo\n\n-->> 000125\n\n"),
]


@pytest.mark.parametrize(("ending", "text"), FILES)
def test_format_is_read(ending, text):
    cues = make_cues(read_rare(text, ending).cues)
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
        (1000, 3000, "Hello"),
        (4000, 5000, "Go"),
    ]


@pytest.mark.parametrize("ending", sorted(RARE_FORMATS))
@pytest.mark.parametrize("text", ["", "words", "\x00" * 50, "-->> 1\n" * 50])
def test_rubbish_gives_nothing_and_raises_nothing(ending, text):
    make_cues(read_rare(text, ending).cues)
