"""The processes that draw, read, cut and measure films."""

from __future__ import annotations

from functools import partial

from libra_emo.execution import executors

# what they import takes three seconds, so it is imported once for all of them; so is Kedro's
# command, since Python runs the main program's imports in each process
MODULES = ("kedro.framework.cli", "libra_emo.media.films", "libra_emo.sample")

open_executor = partial(executors.open_executor, modules=MODULES)
