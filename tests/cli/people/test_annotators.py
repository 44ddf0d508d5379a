import pytest
from support.tiny_project import kedro, make_project


@pytest.fixture
def project(tmp_path):
    make_project(tmp_path)
    return tmp_path


def test_people_are_registered_listed_and_paused(project):
    assert "nobody is registered" in kedro(project, "annotators").stdout
    added = kedro(project, "annotators", "add", "José", "王芳", "--role", "adjudicator")
    assert added.stdout == "José: registered\n王芳: registered\n"
    again = kedro(project, "annotators", "add", "JOSE\u0301")
    assert again.stdout == "José: was registered already\n"
    kedro(project, "annotators", "pause", "josé")
    listed = kedro(project, "annotators", "list").stdout.splitlines()
    assert listed[0].startswith("José (adjudicator, since 20")
    assert listed[0].endswith("does not take part at present)")
    assert (project / "data/01_raw/vote_records.parquet").is_file()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("=HYPERLINK(1)", "begins as a formula"),
        ("J\u043ese", "mixes Cyrillic and Latin letters"),
        ("\u200b ", "is no name"),
    ],
)
def test_a_name_that_misleads_is_one_line(project, name, words):
    done = kedro(project, "annotators", "add", name, check=False)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
