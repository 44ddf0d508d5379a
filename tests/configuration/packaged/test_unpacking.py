"""Configurations in archives and behind URLs, as `--conf-source` names them."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.configuration.loader import LayeredConfigLoader
from libra_emo.configuration.packaged.unpacking import UnreadableConfigurationError, unpack

FILES = {
    "conf/base/parameters.yml": b"seed: 1\nmax_rounds: 2\n",
    "conf/paper/parameters.yml": b"seed: 2\n",
    "conf/base/prompts/annotate.jinja": b"{{ labels }}",
}


def write_tar(path, files, mode="w:gz"):
    with tarfile.open(path, mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def write_zip(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("conf.tar.gz", write_tar),
        ("conf.tgz", write_tar),
        ("conf.tar", lambda path, files: write_tar(path, files, "w")),
        ("conf.zip", write_zip),
    ],
)
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_an_archive_is_read_as_its_folder_would_be(here, tmp_path, name, write, scheme):
    archive = write(tmp_path / name, FILES)
    folder = unpack(f"{scheme}{archive}")
    found = {f"conf/{p.relative_to(folder)}": p.read_bytes() for p in Path(folder).rglob("*.*")}
    assert found == FILES
    loader = LayeredConfigLoader(str(archive), "paper", {"max_rounds": 3}, base_env="base")
    assert loader["parameters"] == {"seed": 2, "max_rounds": 3}
    assert loader.place_of("seed") == "conf/paper/parameters.yml"


def test_a_folder_behind_a_url_is_read(here, tmp_path):
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder = unpack(f"file://{tmp_path}/conf/")
    assert Path(folder, "base/prompts/annotate.jinja").read_bytes() == b"{{ labels }}"


def test_the_same_content_is_unpacked_once_and_another_one_beside_it(here, tmp_path):
    first = unpack(str(write_tar(tmp_path / "a.tar.gz", FILES)))
    kept = Path(first, "base/parameters.yml").stat().st_ino
    assert unpack(str(write_zip(tmp_path / "b.zip", FILES))) == first
    assert Path(first, "base/parameters.yml").stat().st_ino == kept
    changed = {**FILES, "conf/base/parameters.yml": b"seed: 9\n"}
    assert unpack(str(write_tar(tmp_path / "a.tar.gz", changed))) != first


NAMES = st.sampled_from(["../out.yml", "/out.yml", "conf/../../out.yml", "a/../../out.yml"])


@settings(max_examples=20, deadline=None)
@given(names=st.lists(NAMES, min_size=1, unique=True), is_zip=st.booleans())
def test_nothing_is_written_outside_of_the_folder(tmp_path_factory, names, is_zip):
    root = tmp_path_factory.mktemp("root")
    here = root / "a/b/c"
    here.mkdir(parents=True)
    write = write_zip if is_zip else write_tar
    archive = write(root / "conf.zip", {**FILES, **dict.fromkeys(names, b"evil")})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        unpack(str(archive))
    assert not Path("/out.yml").exists()
    assert not [path for path in root.rglob("*.yml") if path.read_bytes() == b"evil"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no archive", "cannot be read"),
        (b"", "cannot be read"),
        (None, "cannot be read"),
        ({"readme.txt": b"-"}, "there is no folder `base`"),
        ({"conf/paper/parameters.yml": b"-", "conf/x.yml": b"-"}, "there is no folder `base`"),
    ],
)
def test_what_is_no_configuration_is_named(here, tmp_path, content, message):
    path = tmp_path / "conf.tar.gz"
    if isinstance(content, dict):
        write_tar(path, content)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableConfigurationError, match=message) as error:
        unpack(str(path))
    assert "conf.tar.gz" in str(error.value)
    assert not list(here.iterdir())


def test_a_cut_archive_leaves_nothing(here, tmp_path):
    path = write_tar(tmp_path / "conf.tar.gz", FILES)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableConfigurationError):
        unpack(str(path))
    assert not list(here.rglob("*.yml"))
