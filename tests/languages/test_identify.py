import pytest
from support.drawn_films import SHARED

from libra_emo.languages.codes import related_languages
from libra_emo.languages.identify import identify_language
from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.files import read_subtitle_file

# the first article of the Universal Declaration of Human Rights, and small talk
TEXTS = {
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with "
    "reason and conscience and should act towards one another in a spirit of brotherhood.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft "
    "und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués "
    "de raison et de conscience et doivent agir les uns envers les autres dans un esprit de "
    "fraternité.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como "
    "están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati "
    "di ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de "
    "razão e de consciência, devem agir uns para com os outros em espírito de fraternidade. Não "
    "sei o que é isso, mas você está aqui.",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd "
    "met verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te "
    "gedragen.",
    "sv": "Alla människor är födda fria och lika i värde och rättigheter. De har utrustats med "
    "förnuft och samvete och bör handla gentemot varandra i en anda av broderskap. Jag vet inte "
    "vad det är.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni "
    "obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa. Nie wiem "
    "co to jest, ale ja tak.",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana "
    "sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler. Bu ne? Ben "
    "seni çok iyi bir insan için değil.",
    "ru": "Все люди рождаются свободными и равными в своём достоинстве и правах. Они наделены "
    "разумом и совестью и должны поступать в отношении друг друга в духе братства. Я не знаю, что "
    "это такое.",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені "
    "розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства. Я не знаю, "
    "що це таке.",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。"
    "人間は、理性と良心とを授けられている。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 "
    "이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "he": "כל בני אדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.",
}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_language_is_identified_by_the_words(language):
    assert identify_language(TEXTS[language]) == language


@pytest.mark.parametrize("text", ["", "Okay.", "12:30 ... 15 %", "Ja! Nein!", "xylo grmpf " * 20])
def test_too_little_is_no_guess(text):
    assert identify_language(text) is None


SENTENCES = {
    "fi": "En tiedä, mitä hän haluaa, mutta me lähdemme huomenna.",
    "hr": "Ne znam što on hoće od nas, ali mi sutra ujutro odlazimo odavde.",
    "da": "Jeg ved ikke, hvad han vil, men vi tager af sted i morgen.",
    "vi": "Tôi không biết anh ấy muốn gì, nhưng ngày mai chúng ta đi.",
    "ar": "لا أعرف ماذا يريد، لكننا سنرحل غدا في الصباح الباكر.",
}


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_one_line_is_often_enough(language):
    assert related_languages(identify_language(SENTENCES[language]), language)


def test_chinese_with_names_in_latin_letters_is_chinese():
    assert identify_language(TEXTS["zh"] + " John Smith, Mary Jane, New York") == "zh"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real subtitles are not here")
def test_real_subtitle():
    events = read_subtitle_file(SHARED / "subtitles/nasa_13013.srt")
    assert identify_language(" ".join(cue.text for cue in make_cues(events))) == "en"
