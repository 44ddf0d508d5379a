"""Small films of six containers, and copies of them that are damaged in some way."""

import random

from support.drawn_films import write_film

CONTAINERS = (
    ("mp4", "libx264"),
    ("mkv", "libx264"),
    ("webm", "libvpx"),
    ("avi", "mpeg4"),
    ("ts", "libx264"),
    ("flv", "libx264"),
)
_LENGTHS = (b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0\0\0\1")


def write_seeds(folder):
    """Write a film of each container, and return their content by ending."""
    return {
        ending: write_film(
            folder / f"seed.{ending}", [1], codec=codec, tone=codec != "libvpx"
        ).read_bytes()
        for ending, codec in CONTAINERS
    }


def mutate(content, draw):
    """Return content with a few changes: bytes, cuts, doubled parts, zeros, other lengths."""
    changed = bytearray(content)
    for _ in range(draw.choice([1, 1, 2, 5, 20])):
        place = draw.randrange(max(1, len(changed)))
        if draw.random() < 0.4:
            place = draw.randrange(min(600, max(1, len(changed))))  # where most structure is
        kind = draw.choice(["bit", "byte", "cut", "zero", "double", "end", "length"])
        if kind == "bit" and changed:
            changed[place] ^= 1 << draw.randrange(8)
        elif kind == "byte":
            changed[place : place + 1] = draw.randbytes(1)
        elif kind == "cut":
            del changed[place : place + draw.choice([1, 4, 100, 5000])]
        elif kind == "zero":
            changed[place : place + 64] = bytes(64)
        elif kind == "double":
            changed[place:place] = changed[place : place + draw.choice([8, 500])]
        elif kind == "length":
            changed[place : place + 4] = draw.choice(
                [b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0\0\0\1"]
            )
        elif draw.random() < 0.3:
            del changed[place:]
    return bytes(changed)


def write_broken(folder, seeds, number, seed):
    """Write a number of damaged films into a folder."""
    draw = random.Random(seed)
    for place in range(number):
        ending = CONTAINERS[place % len(CONTAINERS)][0]
        (folder / f"broken {place}.{ending}").write_bytes(mutate(seeds[ending], draw))
