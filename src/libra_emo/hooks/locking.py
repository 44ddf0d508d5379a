"""Holds the project's data while a pipeline runs."""

from __future__ import annotations

from contextlib import ExitStack

from kedro.framework.hooks import hook_impl

from libra_emo.configuration.project_lock import lock_project
from libra_emo.hooks.run_state import ConfiguredHooks


class LockingHooks(ConfiguredHooks):
    """Holds the project from the last check before a run until everything is recorded.

    The commands hold it from their start; this is for sessions of notebooks and other programs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._held = ExitStack()

    # last: a check that fails before it leaves no lock behind
    @hook_impl(trylast=True)
    def before_pipeline_run(self) -> None:
        """Hold the project."""
        self._held.enter_context(lock_project(self.project, "kedro run"))

    @hook_impl(trylast=True)
    def after_pipeline_run(self) -> None:
        """Release the project."""
        self._held.close()

    @hook_impl(trylast=True)
    def on_pipeline_error(self) -> None:
        """Release the project."""
        self._held.close()
