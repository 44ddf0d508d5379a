"""Every page: axe finds nothing serious, and nothing is cut at 200 % zoom or on a narrow phone.

`test_annotate_kinds.py` holds the pages against axe on a phone, too.
"""

import pytest
from support.annotation_pages import PAGES, serve_pages, visit_all
from support.browsing import CHROMIUM, find_serious
from support.small_windows import PHONE, ZOOMED, find_cut

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serve_pages(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-CN", "light")]
)
def test_every_page(browser, served, language, scheme):
    found, titles = {}, {}
    # axe's script comes from the test, not from the server
    choices = {"locale": language, "color_scheme": scheme, "bypass_csp": True}
    for name, page in visit_all(browser, served, **choices):
        assert page.locator("html").get_attribute("lang")[:2] == language[:2]
        titles[name] = page.title()
        found[name] = find_serious(page) + find_cut(page, ZOOMED) + find_cut(page, PHONE)
        page.set_viewport_size({"width": 1280, "height": 860})
    assert titles.keys() == PAGES.keys()
    assert not {place: findings for place, findings in found.items() if findings}
    # a tab of the browser says which page it is
    named = ("home", "sound check", "work", "results", "lead", "campaign", "clip", "cases", "case")
    assert len({titles[name] for name in named}) == len(named)


def test_what_is_cut_is_found(browser):
    page = browser.new_page()
    for bad in ("<p style='width:500px'>a</p>", "<p style='overflow:hidden;width:9px'>aaaaaa</p>"):
        page.set_content(bad)
        assert find_cut(page, PHONE)
    page.set_content("<p>a</p>")
    assert find_cut(page, PHONE) == []
    page.close()
