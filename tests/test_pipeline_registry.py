"""The pipelines by name, and what listing them may import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from kedro.pipeline import Pipeline, node

from libra_emo.pipeline_registry import EXTRA, LazyPipeline, register_pipelines

ROOT = Path(__file__).parents[1]
# slow to import, and of no use to a command that lists names
HEAVY = {
    *("av", "cv2", "dask", "deepspeed", "distributed", "dlib", "dvc", "face_recognition"),
    *("kedro_datasets", "kedro_mlflow", "litellm", "matplotlib", "mlflow", "networkx", "numpy"),
    *("openai", "pandas", "pandera", "peft", "plotly", "py3langid", "pyarrow", "pysubs2", "rich"),
    *("scenedetect", "scipy", "sklearn", "soundfile", "sqlalchemy", "torch", "torchvision"),
    *("transformers", "datasets", "mlcroissant", "yt_dlp"),
}
# what `kedro registry list` runs, then which packages it imported
LIST = """
import json, sys
sys.argv = ["kedro", "registry", "list"]
from kedro.framework.cli.cli import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.fixture(scope="module")
def listed():
    done = subprocess.run(
        [sys.executable, "-c", LIST], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_every_pipeline_is_listed(listed):
    names = [line.removeprefix("- ") for line in listed[:-1] if line.startswith("- ")]
    assert set(names) == set(register_pipelines())


def test_listing_pipelines_imports_no_heavy_package(listed):
    assert not HEAVY.intersection(json.loads(listed[-1]))


def test_all_pipelines_of_the_method_together_are_the_default():
    pipelines = register_pipelines()
    whole = pipelines.pop("__default__")
    extra = {each.name for name in EXTRA for each in pipelines.pop(name).nodes}
    nodes = {each.name for pipeline in pipelines.values() for each in pipeline.nodes}
    assert {each.name for each in whole.nodes} == nodes
    assert extra and not extra & nodes
    assert isinstance(whole, Pipeline)


def test_a_lazy_pipeline_is_built_once_and_then_like_any_other():
    built = []

    def build():
        built.append(1)
        return Pipeline([node(lambda a: a, "a", "b", name="copy")])

    lazy = LazyPipeline(build)
    assert built == []
    assert lazy.inputs() == {"a"} and [each.name for each in lazy.nodes] == ["copy"]
    assert (lazy + Pipeline([])).outputs() == {"b"}
    assert built == [1]
    with pytest.raises(AttributeError, match="nothing"):
        lazy.nothing  # noqa: B018
