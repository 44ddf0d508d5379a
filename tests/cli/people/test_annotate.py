"""`kedro annotate` as a process: it listens, prints links once, and ends without losing votes."""

import os
import re
import signal
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import pytest
from support.tiny_project import kedro


class Served:
    """`kedro annotate` in a process; what it prints is read up to the address."""

    def __init__(self, project, *options):
        self.process = subprocess.Popen(
            [Path(sys.executable).parent / "kedro", "annotate", "--port", "0", *options],
            cwd=project,
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "KEDRO_ENV"},
        )
        self.lines = []
        while not self.lines or "Ctrl+C" not in self.lines[-1]:
            self.lines.append(self.process.stdout.readline())
            assert self.lines[-1], "the server ended"
        self.printed = "".join(self.lines)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=60)
        finally:
            self.process.kill()
        return self.process.returncode


def open_page(link):
    """Open a link, and return the home page that it leads to."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    opener.open(link, timeout=180).read()
    return opener.open(link.partition("/join/")[0] + "/", timeout=60).read().decode()


@pytest.mark.slow
def test_the_first_start_prints_the_leads_link_once(filmed):
    served = Served(filmed)
    link = re.search(r"shown only now: (http://127\.0\.0\.1:\d+)(/join/\S+)", served.printed)
    assert "Hello, Lead" in open_page(link[1] + link[2])
    assert served.end() == 0
    assert (filmed / "data/01_raw/vote_records.parquet").is_file()
    again = Served(filmed, "--workers", "2")
    assert "/join/" not in again.printed
    assert "Open campaigns: none yet" in again.printed
    address = re.search(r"(http://127\.0\.0\.1:\d+) serves", again.printed)[1]
    assert "Hello, Lead" in open_page(address + link[2])
    assert again.end() == 0


@pytest.mark.slow
def test_the_demo_gives_a_visitor_clips_and_keeps_nothing(filmed):
    served = Served(filmed, "--demo")
    page = open_page(re.search(r"Open (\S+) ", served.printed)[1])
    assert "Visitor" in page and "/label/" in page
    assert served.end() == 0
    assert not (filmed / "data/01_raw/vote_records.parquet").exists()
    assert "nobody is registered" in kedro(filmed, "annotators").stdout


def test_without_clips_one_line_says_what_makes_them(project):
    done = kedro(project, "annotate", check=False)
    assert done.returncode == 1
    assert "kedro run --pipeline preprocessing" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_port_in_use_is_one_line(filmed):
    served = Served(filmed)
    port = re.search(r"127\.0\.0\.1:(\d+) serves", served.printed)[1]
    done = kedro(filmed, "annotate", "--port", port, check=False)
    served.end()
    assert done.returncode == 1
    assert "Address already in use; choose another --host or --port" in done.stderr


def test_other_machines_are_warned_about(filmed):
    served = Served(filmed, "--host", "0.0.0.0")
    served.end()
    assert "Put a proxy with HTTPS before it" in served.printed
