import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_films import SHARED

from libra_emo.media.subtitles.encodings import UnknownEncoding, decode_text
from libra_emo.taxonomy import read_label_data

SENTENCES = {
    "gbk": [
        "你好",
        "再见",
        "你好，今天天气很好。",
        "我不知道你在说什么。",
        "请把窗户关上，外面刮大风。",
    ],
    "gb18030": ["他们去哪儿了？", "快跑！"],
    "big5": ["你好", "再見", "謝謝", "他們去哪兒了？", "我不知道你在說什麼。", "快跑！"],
    "cp1252": [
        "été",
        "Où es-tu ?",
        "Déjà vu.",
        "C'est la fête à Noël, l'hôtel a brûlé.",
        "Ich weiß nicht, was das für Bücher sind.",
        "Über",
        "¿Qué hora es?",
        "Mañana será otro día",
        "Não sei o que é isso",
        "È così",
        "Det är så här",
        "Hvad gør du på øen?",
        "naïve",
        "“Don’t”, she said – then left…",
    ],
    "latin-1": ["Ça va très bien.", "¡Qué año!"],
    "cp1250": ["Dzień dobry, jak się masz?", "Příliš žluťoučký kůň", "Co się stało?", "őrült"],
    "cp1251": ["Привет, как дела?", "Да", "Спасибо", "Добрий день, як справи?"],
    "koi8_r": ["Привет, как дела?", "Я не знаю, что это такое."],
    "cp932": ["こんにちは", "何をしているの？"],
    "euc_jp": ["ありがとうございます"],
    "cp949": ["안녕하세요", "괜찮아"],
    "cp1254": ["Günaydın, nasılsın?"],
    "cp874": ["สวัสดีครับ"],
}
CASES = [(encoding, text) for encoding, texts in SENTENCES.items() for text in texts]


def as_srt(text):
    return f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n"


@pytest.mark.parametrize(("encoding", "text"), CASES)
def test_one_short_cue_is_enough(encoding, text):
    assert decode_text(as_srt(text).encode(encoding)) == as_srt(text)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("text", ["Hello.", "你好，再见。", "ÀÈÌÒÙ", "Привет 🎬"])
def test_unicode_is_known_with_and_without_its_mark(encoding, text):
    assert decode_text(as_srt(text).encode(encoding)) == as_srt(text)


def chinese_lines(content, language=None):
    """Return every Chinese sentence that the sample's actors may say."""
    if isinstance(content, str):
        return [content] if language == "zh" else []
    pairs = content.items() if isinstance(content, dict) else [(language, one) for one in content]
    return [
        line
        for key, value in pairs
        for line in chinese_lines(value, key if key in ("zh", "en") else language)
    ]


def test_every_single_line_of_the_sample_is_read_in_gbk():
    lines = chinese_lines(read_label_data("spoken_lines"))
    assert len(lines) > 200
    wrong = [line for line in lines if decode_text(as_srt(line).encode("gbk")) != as_srt(line)]
    assert wrong == []


def test_language_of_the_film_settles_what_the_letters_leave_open():
    hebrew = as_srt("שלום, מה שלומך?")
    assert decode_text(hebrew.encode("cp1255"), "he") == hebrew
    for dragon, encoding, tag in (("龙", "gbk", "zh-Hans"), ("龍", "big5", "zh-TW")):
        assert decode_text(as_srt(dragon).encode(encoding), tag) == as_srt(dragon)


@pytest.mark.parametrize(("encoding", "text"), CASES)
def test_wrong_language_of_the_film_does_not_mislead_a_whole_sentence(encoding, text):
    if len(text) > 12 and encoding not in ("koi8_r", "euc_jp"):
        assert decode_text(as_srt(text).encode(encoding), "en") == as_srt(text)


def test_broken_byte_costs_one_character():
    text = as_srt("Où es-tu passé ? À l'hôtel, près de la fenêtre. " * 5)
    content = text.encode()
    cut = content.rindex("ê".encode()) + 1
    decoded = decode_text(content[:cut] + content[cut + 1 :])
    assert decoded == text[: text.rindex("ê")] + "\ufffd" + text[text.rindex("ê") + 1 :]


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 20, b"\x00\x01\x02 rubbish \xff" * 30, b"\x00" * 9 + b"ab" * 9]
)
def test_rubbish_is_no_text(content):
    with pytest.raises(UnknownEncoding):
        decode_text(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(content):
    try:
        assert isinstance(decode_text(content), str)
    except UnknownEncoding:
        pass


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\ufeff")))
def test_utf8_is_never_guessed(text):
    assert decode_text(text.encode()) == text


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real subtitles are not here")
def test_real_file_in_gbk():
    assert "还有更多的中文" in decode_text((SHARED / "subtitles/gbk.srt").read_bytes())
