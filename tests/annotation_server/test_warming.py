"""What a server process loads before it answers, and what later."""

import subprocess
import sys
import time

from libra_emo.annotation_server.warming import MODULES, warmed

LATER = ("pandas", "numpy", "pyarrow", "pandera", "alembic", "kedro", "sklearn", "mlflow")
PROGRAM = f"""
import sys
import libra_emo.annotation_server.app
import libra_emo.annotation_server.serving
import libra_emo.annotation_server.assignments.clip_index
print(sorted(set({LATER!r}) & set(sys.modules)))
"""


def run(program):
    """Return what a program in an empty process prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_process_answers_before_it_loads_what_only_leads_need():
    assert run(PROGRAM) == "[]"


def test_modules_are_loaded_in_the_background():
    program = """
import gc, sys, time
from libra_emo.annotation_server.warming import MODULES, warmed
with warmed(0.0):
    while not gc.get_freeze_count():
        time.sleep(0.01)
print(set(MODULES) <= set(sys.modules))
"""
    assert run(program) == "True"


def test_a_server_that_ends_at_once_loads_nothing():
    start = time.monotonic()
    with warmed(3600.0):
        pass
    assert time.monotonic() - start < 60
    assert len(set(MODULES)) == len(MODULES)
