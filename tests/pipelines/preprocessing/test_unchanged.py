from libra_emo.pipelines.preprocessing.unchanged import remove_stale


def test_what_is_not_wanted_goes_and_the_rest_stays(tmp_path):
    for name in ("a.mp4", "b.mp4", ".b.mp4.part", "a.txt", ".notes.txt.part"):
        (tmp_path / name).write_text("")
    assert remove_stale(tmp_path, ".mp4", {"a.mp4"}) == [".b.mp4.part", "b.mp4"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "a.txt", ".notes.txt.part"}


def test_folder_that_is_not_there_has_nothing_stale(tmp_path):
    assert remove_stale(tmp_path / "none", ".mp4", set()) == []
