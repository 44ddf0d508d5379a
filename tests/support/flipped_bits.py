"""Flipped bits: what a failing disk or memory does to a file."""

import random


def flip(content, number):
    """Return bytes in which one bit is another one."""
    changed = bytearray(content)
    changed[number // 8] ^= 1 << number % 8
    return bytes(changed)


def flips(content, count, seed=1):
    """Yield a number of copies of bytes, each with another random bit flipped."""
    for number in random.Random(seed).sample(range(8 * len(content)), count):
        yield flip(content, number)
