"""What the pages name is there: files, links, commands and their options."""

import re
import shlex
from pathlib import Path

import click
import pytest
from kedro.framework.cli.cli import KedroCLI

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


COMMAND = re.compile(r"^(?:\.venv/bin/)?(kedro|make) ")


@pytest.fixture(scope="module")
def kedro():
    return KedroCLI(ROOT)


@pytest.fixture(scope="module")
def targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def commands_of(page):
    """Give the commands of a page's code blocks and of its lines, as words."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    inline = re.findall(r"`((?:\.venv/bin/)?(?:kedro|make) [^`\n]+)`", text)
    for line in [*blocks.splitlines(), *inline]:
        for part in line.split("&&"):
            if COMMAND.match(part.strip()):
                yield shlex.split(part, comments=True)


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_a_page_are_known_with_their_options(page, kedro, targets):
    for program, name, *rest in commands_of(page):
        if program == "make":
            assert name in targets, (page, name)
        else:
            check_kedro(kedro, name, rest, page)


def check_kedro(group, name, rest, page):
    """Check that there is such a command, or one inside it, with all options that are given."""
    command = group.get_command(click.Context(group), name)
    assert command is not None, (page, name)
    if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        check_kedro(command, rest[0], rest[1:], page)
        return
    known = {option for each in command.params for option in each.opts}
    given = {word.strip("[]").partition("=")[0] for word in rest if word.strip("[]")[:1] == "-"}
    assert given <= known | {"--help"}, (page, name, given - known)
