"""Shows trainings in MLflow while they run."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline.node import Node

from libra_emo.hooks.run_state import ConfiguredHooks

if TYPE_CHECKING:
    from libra_emo.tracking.following import Follower

logger = logging.getLogger(__name__)

TRAINING_FOLDER = "training_folder"
LAST = "final"


class FollowingHooks(ConfiguredHooks):
    """Follows the fine-tuning of a node that trains, in a thread.

    MLflow is imported there, once something is measured. `TrackingHooks` adds the scores and
    digests of the finished training to the same run.
    """

    def __init__(self) -> None:
        super().__init__()
        self._follower: Follower | None = None

    @hook_impl
    def before_node_run(self, node: Node, catalog: CatalogProtocol[Any, Any]) -> None:
        """Start to follow a node that fine-tunes."""
        tunes = self.parameters.get("student") == "multimodal" and TRAINING_FOLDER in node.inputs
        if self._settings is None or not tunes:
            return
        try:
            self._follower = self._follow(_name_training(node), catalog, self._settings)
        except Exception as error:
            logger.warning("the training is not logged in MLflow while it runs: %s", error)

    @hook_impl
    def after_node_run(self) -> None:
        """Log the rest."""
        self._stop(failed=False)

    @hook_impl
    def on_node_error(self) -> None:
        """Log the rest, and that the training failed."""
        self._stop(failed=True)

    def _follow(
        self, name: str, catalog: CatalogProtocol[Any, Any], settings: dict[str, Any]
    ) -> Follower | None:
        """Return a follower that has started; None before there is a loop."""
        from libra_emo.tracking.following import Follower
        from libra_emo.tracking.live import open_training
        from libra_emo.tracking.loop import identify_loop

        loop = identify_loop(self.parameters, catalog)
        if loop is None:
            return None
        opened = partial(open_training, settings, self.project, loop, name)
        follower = Follower(catalog.load(TRAINING_FOLDER), opened)
        follower.start()
        return follower

    def _stop(self, failed: bool) -> None:
        follower, self._follower = self._follower, None
        if follower is not None:
            follower.stop(failed)


def _name_training(node: Node) -> str:
    """Return the name of a node's training: `round_1` where it makes `round_1.model`."""
    return node.outputs[0].rpartition(".")[0] or LAST
