"""Runs all pipelines of the project in the working directory, and notes what each stage runs.

Started as a program with the name of a JSON file: stage → functions of ours that were called,
modules that were imported, and data files of the package that were opened while its nodes ran.
"""

import json
import sys
import threading
from collections import defaultdict
from pathlib import Path

from kedro.framework.hooks import hook_impl
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

SOURCES = str(Path("src").resolve())
# what runs around the nodes, and changes none of their results
AROUND = ("libra_emo.hooks", "libra_emo.configuration", "libra_emo.tracking", "libra_emo.cli")


class Trace:
    """Notes calls, imports and opened files under the stage whose node runs."""

    def __init__(self):
        self.stage = None
        self.codes = defaultdict(set)
        self.files = defaultdict(set)

    def profile(self, frame, event, _):
        if event == "call" and self.stage is not None:
            self.codes[self.stage].add(frame.f_code)

    def audit(self, event, arguments):
        if event == "open" and self.stage is not None and str(arguments[0]).startswith(SOURCES):
            self.files[self.stage].add(str(arguments[0]))

    @hook_impl
    def before_dataset_loaded(self, node):
        self._enter(node)

    @hook_impl
    def before_node_run(self, node):
        self._enter(node)

    @hook_impl
    def before_dataset_saved(self, node):
        self._enter(node)

    @hook_impl(tryfirst=True)
    def after_dataset_saved(self):
        self.stage = None  # hooks that follow are no part of it

    @hook_impl
    def after_pipeline_run(self):
        self.stage = None

    def _enter(self, node):
        (self.stage,) = node.tags

    def content(self):
        return {stage: self._content(stage) for stage in self.codes}

    def _content(self, stage):
        # compiled templates are data files
        code = [each for each in self.codes[stage] if each.co_filename.endswith(".py")]
        ours = [each for each in code if each.co_filename.startswith(SOURCES)]
        ran = {(_module(each.co_filename), each.co_qualname.partition(".")[0]) for each in ours}
        ran = {(module, name) for module, name in ran if not module.startswith(AROUND)}
        files = {name for name in self.files[stage] if not name.endswith((".py", ".pyc"))}
        return {
            "functions": sorted(each for each in ran if not each[1].startswith("<")),
            "modules": sorted(module for module, name in ran if name == "<module>"),
            "files": sorted(Path(name).relative_to(SOURCES).as_posix() for name in files),
        }


def _module(path):
    parts = Path(path).relative_to(SOURCES).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def main(place):
    import libra_emo.settings

    trace = Trace()
    libra_emo.settings.HOOKS = (*libra_emo.settings.HOOKS, trace)
    bootstrap_project(Path.cwd())
    sys.addaudithook(trace.audit)
    threading.setprofile(trace.profile)
    sys.setprofile(trace.profile)
    with KedroSession.create(Path.cwd()) as session:
        session.run()
    sys.setprofile(None)
    Path(place).write_text(json.dumps(trace.content()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
