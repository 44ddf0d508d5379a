import pytest

from libra_emo.media.subtitles.cleaning import clean_lines

SPOKEN = [
    ("Hello.", ["Hello."]),
    ('<i>Hello</i> <font color="red">you</font>', ["Hello you"]),
    ("{\\an8}Up here", ["Up here"]),
    ("<00:00:01.500><c>Word</c> <v Ann>by word", ["Word by word"]),
    ("Tom &amp; Ann&nbsp;&lt;3", ["Tom & Ann <3"]),
    ("a < b and c > d", ["a < b and c > d"]),
    ("- Hello.\n- Who are you?", ["Hello.", "Who are you?"]),
    ("-Hello. -Who is it?", ["Hello. Who is it?"]),
    ("– Bonjour.\n— Salut.", ["Bonjour.", "Salut."]),
    ("－你好。\n－再见。", ["你好。", "再见。"]),
    ("-5 degrees", ["-5 degrees"]),
    ("A well-known man - or not", ["A well-known man - or not"]),
    (">> Good evening.", ["Good evening."]),
    ("[door slams]", []),
    ("(sighs) Well...", ["Well..."]),
    ("（叹气）你好", ["你好"]),
    ("【音乐】", []),
    ("［笑声］好的", ["好的"]),
    ("[man [off screen] shouts] Run!", ["Run!"]),
    ("[a long\nnoise] Listen!", ["Listen!"]),
    ("Listen! [a noise that", ["Listen!"]),
    ("goes on] Listen!", ["Listen!"]),
    ("- [laughs]\n- Stop it!", ["Stop it!"]),
    ("♪ la la la ♪", []),
    ("♪♪", []),
    ("♪ la la\nla la ♪", []),
    ("♪ la la", []),
    ("Hush. ♪ la ♪ Now!", ["Hush. Now!"]),
    ("♪\n- What are you doing?", ["What are you doing?"]),
    ("♪\nWhat are you doing?", ["What are you doing?"]),
    ("♪♪ (theme playing)\nSTEPHEN: Get down!", ["STEPHEN: Get down!"]),
    ("♪ la la\nANN: Stop it!", ["ANN: Stop it!"]),
    ("♪ la la\n♪ lo lo", []),
    ("♪ la ♪\n- Stop!", ["Stop!"]),
    ("la la ♪", []),
    ("- Come on! ♪", ["Come on!"]),
    ("Hello.\n♪", ["Hello."]),
    ("Hello<br>there", ["Hello", "there"]),
    ("*door slams*\nWho is it?", ["Who is it?"]),
    ("# la la la #", []),
    ("We're # 1", ["We're # 1"]),
    ("...", []),
    ("?!", []),
    ("1984", ["1984"]),
    ("\u202aHello\u200b\u200e", ["Hello"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "lines"), SPOKEN)
def test_what_is_spoken_stays(text, lines):
    assert clean_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[door slams]", ["[door slams]"]),
        ("- (sighs)\n- <i>Well</i>", ["(sighs)", "Well"]),
        ("♪ la la ♪", ["♪ la la ♪"]),
        ("♪♪", []),
        ("（叹气）你好", ["（叹气）你好"]),
    ],
)
def test_descriptions_stay_where_they_are_wanted(text, lines):
    assert clean_lines(text, keep_descriptions=True) == lines
