import pysubs2

from libra_emo.sample.subtitles import write_srt


def test_lines_stay_between_the_cuts():
    scenes = [(0.0, 3.5, ("One.",)), (3.5, 7.0, ()), (7.0, 15.0, ("Two.", "Three."))]
    cues = pysubs2.SSAFile.from_string(write_srt(scenes)).events
    assert [cue.plaintext for cue in cues] == ["One.", "Two.", "Three."]
    assert [(cue.start, cue.end) for cue in cues] == [(200, 3250), (7200, 10950), (11000, 14750)]


def test_long_lines_are_broken_between_words():
    line = "We leave at dawn, and I have not slept at all, not for one minute!"
    (cue,) = pysubs2.SSAFile.from_string(write_srt([(0.0, 4.0, (line,))])).events
    assert cue.plaintext.count("\n") == 1
    assert cue.plaintext.replace("\n", " ") == line


def test_chinese_lines_stay_whole():
    (cue,) = pysubs2.SSAFile.from_string(write_srt([(3600.0, 3604.0, ("我们成功了！",))])).events
    assert (cue.plaintext, cue.start) == ("我们成功了！", 3_600_200)


def test_a_film_without_words_has_no_cue():
    assert write_srt([(0.0, 4.0, ())]) == ""
