import pytest

from libra_emo.media.films.cache import OutputFolders
from libra_emo.media.films.retention import FOLDER_NAME, Retention, film_of, remove_superseded

CLIP = "{}-00000000-00003500.mp4"


@pytest.fixture
def folders(tmp_path):
    folders = OutputFolders(*(tmp_path / name for name in ("clips", "shards", "finished")))
    for film in ("one", "two-2"):
        for folder, name in (
            (folders.clips_of(film), CLIP.format(film)),
            (folders.shards, f"{film}.tar"),
            (folders.records, f"{film}.film.json"),
            (folders.records, f"{film}.features.json"),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(film)
    (folders.shards / "index.parquet").write_text("index")
    return folders


def list_files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def keep(*films):
    return {
        "clips": {f"{film}/{CLIP.format(film)}" for film in films},
        "shards": {f"{film}.tar" for film in films},
        "records": {f"{film}.{kind}.json" for film in films for kind in ("film", "features")},
    }


def test_what_is_superseded_can_be_put_back_until_the_run_has_ended_well(tmp_path, folders):
    before = list_files(tmp_path)
    moved = Retention(folders).settle(keep("one"), failed=())
    assert moved == sorted(
        [
            f"two-2/{CLIP.format('two-2')}",
            *(f"two-2.{x}" for x in ("features.json", "film.json", "tar")),
        ]
    )
    assert not [name for name in list_files(tmp_path) if "two" in name and FOLDER_NAME not in name]
    assert not folders.clips_of("two-2").exists()
    Retention(folders).restore()  # what the next run does first, if this one fails or is killed
    assert list_files(tmp_path) == before
    Retention(folders).settle(keep("one"), failed=())
    remove_superseded(folders.records)
    assert list_files(tmp_path) == {name for name in before if "two" not in name}
    assert not (tmp_path / FOLDER_NAME).exists()


def test_what_was_made_of_a_film_that_fails_now_outlives_runs_that_end_well(tmp_path, folders):
    before = list_files(tmp_path)
    for _ in range(2):
        retention = Retention(folders)
        retention.restore()
        retention.settle(keep("one"), failed={"two-2"})
        remove_superseded(folders.records)
        assert len([name for name in list_files(tmp_path / FOLDER_NAME) if "two" in name]) == 4
    Retention(folders).restore()
    assert list_files(tmp_path) == before


def test_what_is_made_anew_is_not_written_over_by_what_was_before(folders):
    retention = Retention(folders)
    retention.set_films_aside({"one"})
    assert not (folders.shards / "one.tar").exists()
    assert (folders.records / "one.features.json").exists()  # it may still fit
    (folders.shards / "one.tar").write_text("new")
    retention.restore()
    assert (folders.shards / "one.tar").read_text() == "new"
    assert (folders.records / "one.film.json").read_text() == "one"


def test_what_a_killed_run_left_without_a_record_is_left_where_it_is(folders):
    (folders.records / "one.film.json").unlink()
    Retention(folders).set_films_aside({"one"})
    assert (folders.shards / "one.tar").exists()


def test_file_that_is_of_no_film_stays(folders):
    (folders.clips / ".x.mp4.part").write_text("")
    (folders.clips / "notes.txt").write_text("")
    Retention(folders).settle(keep("one", "two-2"), failed=())
    assert (folders.clips / "notes.txt").exists()
    assert (folders.clips / ".x.mp4.part").exists()
    assert (folders.shards / "index.parquet").exists()


def test_clips_of_an_earlier_version_that_lie_in_no_folder_of_a_film_are_superseded(folders):
    (folders.clips / CLIP.format("one")).write_text("earlier")
    moved = Retention(folders).settle(keep("one", "two-2"), failed=())
    assert moved == [CLIP.format("one")]
    assert (folders.clips_of("one") / CLIP.format("one")).read_text() == "one"


@pytest.mark.parametrize(
    ("name", "film"),
    [(CLIP.format("a-1-2"), "a-1-2"), ("a-1-2.tar", "a-1-2"), ("a.film.json", "a")],
)
def test_film_of_a_file_is_known_by_its_name(name, film):
    assert film_of(name) == film
