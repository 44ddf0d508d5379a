"""The image's description: read by a linter, and compared with the files that it names."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from libra_emo.cli.run import run

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
LINTER = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")


@pytest.mark.skipif(LINTER is None, reason="hadolint is not installed")
def test_the_linter_has_nothing_to_say():
    done = subprocess.run(
        [str(LINTER), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_there_are_an_image_for_one_machine_and_one_for_gpus():
    assert re.findall(r"^FROM \S+ AS (\w+)", TEXT, re.MULTILINE) == ["base", "machine", "gpu"]


def test_what_is_copied_is_there_and_is_let_in():
    copied = [
        name for line in re.findall(r"^COPY (.+) \S+$", TEXT, re.MULTILINE) for name in line.split()
    ]
    let_in = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert copied
    assert not [name for name in copied if not (ROOT / name).exists() or name not in let_in]


def test_data_logins_and_local_settings_stay_outside():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    assert "conf/local" in lines[lines.index("!conf") :]
    assert not [line for line in lines if line.startswith("!data")]


def test_the_image_starts_the_package_with_the_configuration_that_it_holds():
    (folder,) = set(re.findall(r'--conf-source", "([^"]+)"', TEXT))
    (work,) = set(re.findall(r"^WORKDIR (/opt\S+)$", TEXT, re.MULTILINE))
    assert folder == f"{work}/conf"
    assert "--conf-source" in {option for each in run.params for option in each.opts}
    # a checkout beside the configuration would be taken for the project
    assert TEXT.count("rm -rf src pyproject.toml") == 2


def test_extras_that_are_installed_exist():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name for part in re.findall(r"'\.\[([\w,]+)\]'", TEXT) for name in part.split(",")}
    assert extras == {"dask", "postgres", "train"}
    assert extras <= set(project["optional-dependencies"])
