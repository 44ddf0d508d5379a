from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.formats.ass import plain_ass, read_ass

HEAD = """[Script Info]
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def read(*events):
    lines = [f"Dialogue: 0,{start},{end},{style},,0,0,0,{effect},{text}"
             for start, end, style, effect, text in events]  # fmt: skip
    return read_ass((HEAD + "\n".join(lines)).split("\n"))


def words(found):
    return [cue.text for cue in make_cues(found.cues)]


def test_drawings_and_signs_are_not_spoken():
    found = read(
        ("0:00:01.00", "0:00:02.00", "Default", "", "{\\p1}m 0 0 l 1 1{\\p0}Hello,\\Nyou"),
        ("0:00:01.00", "0:00:02.00", "Sign - door", "", "Exit"),
        ("0:00:01.00", "0:00:02.00", "OP", "", "la la"),
        ("0:00:01.00", "0:00:02.00", "Default", "Banner;5", "running text"),
        ("0:00:03.00", "0:00:04.00", "Signature", "", "Design, for one"),
    )
    assert words(found) == ["Hello, you", "Design, for one"]


def test_styles_that_are_alone_are_kept():
    assert words(read(("0:00:01.00", "0:00:02.00", "Titles", "", "Hello"))) == ["Hello"]


def test_broken_event_costs_itself_alone():
    found = read(
        ("0:00:01.00", "0:00:02.00", "Default", "", "Hello"),
        ("x", "0:00:02.00", "Default", "", "lost"),
        ("100:00:01.00", "100:00:02.00", "Default", "", "late"),
    )
    found_short = read_ass((HEAD + "Dialogue: 0,1").split("\n"))
    assert words(found) == ["Hello", "late"]
    assert "line 5" in found.problems[0]
    assert (found_short.cues, len(found_short.problems)) == ([], 1)


def test_order_of_the_fields_is_read():
    text = "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,Hello, you\n"
    assert words(read_ass(text.split("\n"))) == ["Hello, you"]


def test_brace_that_is_not_closed_is_text():
    assert "open" in plain_ass("an {open brace")
