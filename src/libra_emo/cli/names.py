"""Names in the options of `kedro run`, checked against the pipelines."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    from kedro.pipeline import Pipeline

SHOWN = 12
NODE_OPTIONS = {"node_names": "--nodes", "from_nodes": "--from-nodes", "to_nodes": "--to-nodes"}
DATASET_OPTIONS = {"from_inputs": "--from-inputs", "to_outputs": "--to-outputs"}


class UnknownName(LibraEmoError):
    """An option names a pipeline, tag, node or dataset that there is not."""


def check_names(options: Mapping[str, Any], cause: BaseException | None = None) -> None:
    """Raise if an option of a run names something unknown.

    Args:
        options: Options of `kedro run`, as its function takes them.
        cause: The error with which Kedro refused them, if it did.

    Raises:
        UnknownName: Naming the option, and the names that are near.
    """
    from libra_emo.configuration.registry import Registry

    registry = Registry()
    for line in _unknown(options, registry):
        raise UnknownName(line) from cause


def _unknown(options: Mapping[str, Any], registry: Mapping[str, Pipeline]) -> Iterator[str]:
    asked = list(options.get("pipelines") or [])
    yield from _compare("--pipeline", "pipeline", asked, list(registry))
    chosen = [registry[name] for name in asked or ["__default__"] if name in registry]
    nodes = [node for pipeline in chosen for node in pipeline.nodes]
    tags = {tag for node in nodes for tag in node.tags}
    yield from _compare("--tags", "tag", options.get("tags") or (), tags)
    # a node is named with its namespace
    names = {node.name for node in nodes}
    for key, option in NODE_OPTIONS.items():
        yield from _compare(option, "node", options.get(key) or (), names)
    spaces = {part for node in nodes for part in _prefixes(node.namespace)}
    yield from _compare("--namespaces", "namespace", options.get("namespaces") or (), spaces)
    datasets = {name for pipeline in chosen for name in pipeline.datasets()}
    for key, option in DATASET_OPTIONS.items():
        yield from _compare(option, "dataset", options.get(key) or (), datasets)


def _compare(option: str, kind: str, given: Iterable[str], known: Collection[str]) -> Iterator[str]:
    for name in given:
        if name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        # the last part alone is enough to find `round_1.train_student`
        near += [full for full in sorted(known) if full.rpartition(".")[2] == name][:SHOWN]
        if near:
            meant = " or ".join(dict.fromkeys(near))
            yield f"{option} {name}: there is no such {kind}; did you mean {meant}?"
        else:
            shown = sorted(known)
            more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
            listed = ", ".join(shown[:SHOWN]) + more
            yield f"{option} {name}: there is no such {kind}; there are {listed}"


def _prefixes(namespace: str | None) -> Iterator[str]:
    parts = namespace.split(".") if namespace else []
    for count in range(len(parts)):
        yield ".".join(parts[: count + 1])
