"""A site of films on loopback, and an extractor of yt-dlp that reads its pages.

A page is JSON in the form of yt-dlp's own, made here: `/watch/ID`. Its files are served beside it,
and every request is noted.
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import numpy as np

from libra_emo.collection.options import CollectionOptions
from libra_emo.collection.yt_dlp_fetcher import YtDlpFetcher

SUBTITLE = "WEBVTT\n\n00:00.000 --> 00:01.000\nI am so glad.\n"
NO_PAUSE = {"min_wait_seconds": 0, "max_wait_seconds": 0, "attempts": 1}


class FilmSite(ThreadingHTTPServer):
    """The server.

    Attributes:
        pages: What the page of each id says; `formats` and `subtitles` name files of the site.
        files: Content by name.
        asked: Paths that were asked for.
        cookies: Cookies that came with the requests.
        broken: Names whose transfer breaks off in the middle.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages, self.files = {}, {}
        self.asked, self.cookies, self.broken = [], [], set()

    def add(self, name, licence="Creative Commons Attribution license (reuse allowed)", **facts):
        """Add a film with picture and sound in one file, and return its address."""
        self.pages[name] = {
            "title": f"Film {name}",
            "uploader": "A. Author",
            "license": licence,
            "language": "en",
            "categories": ["Drama"],
            "description": "Written by somebody whom nobody needs to know.",
            "comments": [{"author": "Somebody", "text": "First!"}],
            "formats": [{"format_id": "18", "file": "whole.mp4", "ext": "mp4", "height": 48}],
            "subtitles": {"en": "en.vtt", "fr": "fr.vtt"},
        } | facts
        return f"http://127.0.0.1:{self.server_port}/watch/{name}"

    def handle_error(self, request, client_address):
        pass


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        site, path = self.server, self.path.strip("/")
        site.asked.append(path)
        site.cookies.append(self.headers.get("Cookie"))
        kind, _, name = path.partition("/")
        if kind == "watch" and name in site.pages:
            content = json.dumps(site.pages[name]).encode()
        elif kind == "files" and name in site.files:
            content = site.files[name]
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        broken = name in site.broken
        self.wfile.write(content[: len(content) // 2] if broken else content)


@contextmanager
def serve_films():
    site = FilmSite()
    site.files |= {"en.vtt": SUBTITLE.encode(), "fr.vtt": SUBTITLE.encode()}
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()


def make_extractor():
    """An extractor that reads the pages of the site."""
    from yt_dlp.extractor.common import InfoExtractor

    class LoopbackFilmIE(InfoExtractor):
        _VALID_URL = r"(?P<site>https?://127\.0\.0\.1:\d+)/watch/(?P<id>[\w-]+)"
        IE_NAME = "loopback"

        def _real_extract(self, url):
            site, name = self._match_valid_url(url).group("site", "id")
            site = site.replace("https:", "http:")
            page = self._download_json(f"{site}/watch/{name}", name)
            files = f"{site}/files"
            formats = [
                {**one, "url": f"{files}/{one['file']}", "protocol": "http"}
                for one in page.pop("formats")
            ]
            subtitles = {
                language: [{"url": f"{files}/{file}", "ext": "vtt"}]
                for language, file in page.pop("subtitles").items()
            }
            return {"id": name, **page, "formats": formats, "subtitles": subtitles}

    return LoopbackFilmIE()


def open_fetcher(**options):
    options = CollectionOptions(**NO_PAUSE | options)
    return YtDlpFetcher(options, [make_extractor]), options


def draw_film(path, picture=True, sound=True):
    """A film of one second, or its picture or sound alone."""
    with av.open(str(path), "w") as film:
        if picture:
            video = film.add_stream("h264", rate=12, options={"threads": "1"})
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        if sound:
            audio = film.add_stream("aac", rate=16_000, layout="mono")
        if picture:
            for number in range(12):
                drawn = np.full((48, 64, 3), number * 20, np.uint8)
                film.mux(video.encode(av.VideoFrame.from_ndarray(drawn, "rgb24")))
            film.mux(video.encode())
        if sound:
            wave = np.sin(np.arange(16_000) / 20).astype(np.float32).reshape(1, -1) * 0.3
            frame = av.AudioFrame.from_ndarray(wave, "fltp", "mono")
            frame.sample_rate = 16_000
            film.mux(audio.encode(frame))
            film.mux(audio.encode())
    return path.read_bytes()
