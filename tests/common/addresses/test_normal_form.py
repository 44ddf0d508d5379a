"""Addresses of the same film have one form, and those of others another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.addresses.normal_form import normalise_address

SAME = [
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "http://youtube.com/watch?v=dQw4w9WgXcQ&t=42s&list=PLx&index=3",
        "https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ#top",
        "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "youtu.be/dQw4w9WgXcQ",
        "www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/embed/dQw4w9WgXcQ?start=4",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ/",
        "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share",
        "  HTTPS://WWW.YOUTUBE.COM:443/watch?v=dQw4w9WgXcQ ",
    ],
    [
        *("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?h=8272103f6e"),
        *("http://www.vimeo.com/channels/staffpicks/76979871", "https://vimeo.com/76979871#t=3"),
    ],
    [
        "https://archive.org/details/night_of_the_living_dead",
        "https://archive.org/embed/night_of_the_living_dead",
        "http://www.archive.org/download/night_of_the_living_dead/film.mp4",
    ],
    [
        *(
            "https://www.bilibili.com/video/BV1xx411c7mD/?p=1"[:-4],
            "https://m.bilibili.com/video/BV1xx411c7mD",
        ),
        "https://www.bilibili.com/video/BV1xx411c7mD?spm_id_from=333.1007",
    ],
    [
        *("https://films.example.org/a%20b.mp4", "http://films.example.org:80/a b.mp4"),
        *(
            "https://www.films.example.org/a%20b.mp4?utm_source=x#part",
            "https://FILMS.example.org./a%20b.mp4/",
        ),
    ],
    ["https://x.example/film?a=1&id=7", "https://x.example/film?id=7&a=1&fbclid=Z"],
]


@pytest.mark.parametrize("addresses", SAME, ids=lambda addresses: addresses[0])
def test_addresses_of_one_film_have_one_form(addresses):
    assert len({normalise_address(address) for address in addresses}) == 1


def test_addresses_of_other_films_have_other_forms():
    forms = [normalise_address(addresses[0]) for addresses in SAME]
    more = [
        *(
            "https://youtu.be/dQw4w9WgXcR",
            "https://x.example/film?id=8&a=1",
            "https://x.example/Film",
        ),
        *("https://x.example:8080/film?id=7&a=1", "https://www.youtube.com/@channel"),
        *("https://www.youtube.com/playlist?v=short", "https://vimeo.com/about"),
    ]
    assert len({*forms, *map(normalise_address, more)}) == len(forms) + len(more)


@given(st.text(max_size=60))
def test_any_text_has_a_form_that_is_its_own_form(text):
    for address in (text, f"https://{text}", f"https://youtu.be/{text}"):
        form = normalise_address(address)
        assert normalise_address(form) == form
