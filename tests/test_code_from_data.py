"""Data from outside never runs: nothing unpickles, and no checkpoint brings code of its own."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
# processes of ours that talk to each other by a pipe
PIPES = {f"libra_emo/llm/client/transport/{name}.py" for name in ("processes", "ipc")}
UNPICKLING = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
# a call by its last name → an argument that it needs, and its value
NEEDED = {
    "from_pretrained": ("trust_remote_code", False),
    "load_dataset": ("trust_remote_code", False),
}
NEEDED_OF = {
    ("np", "load"): ("allow_pickle", False),
    ("numpy", "load"): ("allow_pickle", False),
    ("torch", "load"): ("weights_only", True),
}
FORBIDDEN = {("yaml", "unsafe_load"), ("yaml", "full_load"), ("pd", "read_pickle")}
# an adapter has no code, and peft has no such argument
CODELESS = {"PeftModel"}


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield node, owner.id if isinstance(owner, ast.Name) else "", node.func.attr


def find_dangers(text):
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in [*names, getattr(node, "module", None) or ""]:
                if name.partition(".")[0] in UNPICKLING:
                    yield f"line {node.lineno}: import of {name}"
    for node, owner, name in calls(tree):
        given = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
        argument, value = NEEDED_OF.get((owner, name)) or NEEDED.get(name) or (None, None)
        if argument and owner not in CODELESS and given.get(argument, "missing") is not value:
            yield f"line {node.lineno}: {name} without {argument}={value}"
        if (owner, name) in FORBIDDEN:
            yield f"line {node.lineno}: {owner}.{name}"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_module_runs_what_data_say(path):
    if path.relative_to(SOURCE).as_posix() in PIPES:
        return
    assert list(find_dangers(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "import joblib",
        "from pickle import loads",
        "import torch\ntorch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path)",
        "AutoModel.from_pretrained(name)",
        "kind.from_pretrained(name, trust_remote_code=True)",
        "yaml.unsafe_load(text)",
    ],
)
def test_a_danger_is_found(text):
    assert list(find_dangers(text))
