"""What the pages for developers name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")))
PLACES = ("", "src", "src/libra_emo")


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    names = re.findall(
        r"`((?:src|tests|conf|docs|benchmarks|[a-z_]+)/[\w./]+\.(?:py|yml|j2))`", text
    )
    missing = [
        name for name in names if not any((ROOT / place / name).exists() for place in PLACES)
    ]
    assert not [name for name in missing if not name.startswith(("conf/local", "data/"))]


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)\)", text)
    here = (ROOT / page).parent
    assert not [link for link in links if "://" not in link and not (here / link).exists()]
