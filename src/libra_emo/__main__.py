"""`python -m libra_emo`: `kedro run` of a packaged project, in any folder."""

from __future__ import annotations

import logging
import sys
from typing import Any

from libra_emo.quiet import keep_quiet

keep_quiet()


def main(*arguments: Any, **options: Any) -> Any:
    """Run the pipelines, as the arguments of the command line say.

    Args:
        arguments: A list of words of a command line, such as `["--pipeline", "bench"]`; those of
            this process if there is none.
        options: Options of click's `Command.main`. In an interactive session errors are raised.
    """
    logging.disable(logging.INFO)  # Kedro reports its own logging file, which soon is replaced
    from kedro.framework.project import configure_project

    logging.disable(logging.NOTSET)
    configure_project("libra_emo")
    from libra_emo.cli.run import run

    options.setdefault("standalone_mode", not hasattr(sys, "ps1"))
    return run(*arguments, **options)


if __name__ == "__main__":
    main()
