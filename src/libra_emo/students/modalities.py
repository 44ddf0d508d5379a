"""What a student sees of a clip, in letters."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

MODALITIES = "VAT"  # visual, auditory, textual, in the order of the paper's Table 6


def order_modalities(text: str) -> str:
    """Return a set of modalities such as `TV` in its one spelling, `VT`.

    Raises:
        ValueError: If a letter is none of V, A and T, or there is none.
    """
    letters = set(text.upper().replace(",", "").replace(" ", ""))
    if not letters or letters - set(MODALITIES):
        raise ValueError(f"{text!r} is no set of modalities; use letters of {MODALITIES}")
    return "".join(letter for letter in MODALITIES if letter in letters)


Modalities = Annotated[str, AfterValidator(order_modalities)]
