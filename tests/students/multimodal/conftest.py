"""These tests want the extra `train`; without it there is nothing to collect here."""

import os
from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_*.py", "training/test_*.py"]

# tiny models gain nothing from a second thread, and two tests side by side would wait for each
# other's; the programs that train inherit it
os.environ["OMP_NUM_THREADS"] = "1"
