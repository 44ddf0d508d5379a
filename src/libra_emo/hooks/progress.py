"""One line for each node: what it is called and how long it took."""

from __future__ import annotations

import logging
import time

from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from libra_emo.errors import LibraEmoError

logger = logging.getLogger(__name__)


class ProgressHooks:
    """Logs each node that has run, in plain words."""

    def __init__(self) -> None:
        self._started = 0.0
        self._done = 0
        self._nodes = 0

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Note how many nodes there are."""
        self._done, self._nodes = 0, len(pipeline.nodes)

    @hook_impl
    def before_node_run(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Log that a node is done."""
        self._done += 1
        seconds = time.monotonic() - self._started
        logger.info("%d of %d  %s  %.1f s", self._done, self._nodes, _words(node), seconds)

    @hook_impl
    def on_node_error(self, error: Exception, node: Node) -> None:
        """Log which node failed, unless the error's message says everything the user needs."""
        if not isinstance(error, LibraEmoError):
            logger.error("%s failed", _words(node))


def _words(node: Node) -> str:
    name = node.name.rsplit(".", 1)[-1].replace("_", " ")
    return f"{node.namespace.replace('_', ' ')}: {name}" if node.namespace else name
