"""How providers count a picture's tokens."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

OLD_PIXELS_PER_TOKEN = 750


class PictureRule(BaseModel):
    """How many tokens a picture has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Literal["openai_tiles", "patches", "gemini_crops", "fixed"]
    base: int = Field(0, ge=0)
    per_tile: int = Field(0, ge=0)
    patch_pixels: int = Field(28, ge=1)
    most: int | None = Field(None, ge=1)
    tokens: int = Field(0, ge=0)

    def count(self, width: int, height: int) -> tuple[int, int]:
        """Return a picture's tokens, low and high.

        OpenAI: scaled into 2048 and then to a shorter side of 768, tiles of 512 pixels; low is its
        `detail: low`. Anthropic: a token a patch of 28 pixels, up to a most; it once told of width
        × height / 750, so both are in the range. Google: 258 up to 384 pixels; larger ones are
        cropped by a unit of two thirds of the shorter side, but newer models were seen to count
        258 whatever the size, and others one crop more than that: the range spans all of it.
        """
        if self.rule == "fixed":
            return self.tokens, self.tokens
        if self.rule == "patches":
            side = self.patch_pixels
            patches = math.ceil(width / side) * math.ceil(height / side)
            most = self.most or patches
            area = width * height / OLD_PIXELS_PER_TOKEN
            low, high = min(patches, area, most), min(max(patches, area), most)
            return math.floor(low), math.ceil(high * 1.05) + 5
        if self.rule == "gemini_crops":
            unit = max(1, math.floor(min(width, height) / 1.5))
            crops = math.ceil(width / unit) * math.ceil(height / unit) + 1
            small = max(width, height) <= 384
            return self.per_tile, self.per_tile * (1 if small else crops)
        scale = min(1.0, 2048 / max(width, height))
        scale *= min(1.0, 768 / (min(width, height) * scale))
        tiles = math.ceil(width * scale / 512) * math.ceil(height * scale / 512)
        return self.base, self.base + self.per_tile * tiles
