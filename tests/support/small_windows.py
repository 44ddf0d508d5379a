"""What of a page is cut or scrolls sideways in a small window."""

# a window of 1280 × 860 at 200 % zoom has half the CSS pixels
ZOOMED, PHONE = (640, 430), (360, 740)
# a table of two dimensions alone may scroll in its own frame (WCAG 1.4.10)
CUT = """() => {
    const width = document.documentElement.clientWidth;
    const cut = [];
    if (document.documentElement.scrollWidth > width) cut.push('the page scrolls sideways');
    for (const element of document.body.querySelectorAll('*')) {
        if (!element.checkVisibility()) continue;
        if (element.closest('.heat, .skip-link, thead, svg')) continue;
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const name = element.outerHTML.slice(0, 120);
        if (box.width && (box.left < -1 || box.right > width + 1)) cut.push('outside: ' + name);
        const scrolls = element.scrollWidth > element.clientWidth + 1;
        if (scrolls && style.overflowX !== 'visible' && !element.querySelector('.heat')) {
            cut.push('too wide: ' + name);
        }
        const hidden = element.scrollHeight > element.clientHeight + 1;
        if (hidden && ['hidden', 'clip'].includes(style.overflowY)) cut.push('too high: ' + name);
    }
    return cut;
}"""


def find_cut(page, window):
    """Return what is cut when the window has this width and height."""
    width, height = window
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_load_state()  # before its style sheets are there a page looks otherwise
    return page.evaluate(CUT)
