"""How the classical student learns."""

from __future__ import annotations

from pydantic import Field, model_validator

from libra_emo.common.options import Options


class ClassicalOptions(Options):
    """How the classical student learns.

    Attributes:
        folds: Number of groups of films for cross-fitting; 0 for no cross-fitting.
        min_ngram_characters: Length of the shortest n-gram of characters.
        max_ngram_characters: Length of the longest n-gram; four characters hold a Chinese phrase
            or an English stem.
        inverse_regularisation: scikit-learn's `C` of the logistic regression on n-grams.
        forest_trees: Number of trees in the forest.
        min_leaf_clips: Fewest clips in a leaf of a tree.
        forest_weight: Weight of the forest beside the other parts; 0 for no forest.
        discriminant_weight: Weight of the linear discriminant.
        words_weight: Weight of the logistic regression on n-grams.
    """

    folds: int = Field(default=5, ge=0)
    min_ngram_characters: int = Field(default=1, ge=1)
    max_ngram_characters: int = Field(default=4, ge=1)
    inverse_regularisation: float = Field(default=1.0, gt=0)
    forest_trees: int = Field(default=200, ge=1)
    min_leaf_clips: int = Field(default=3, ge=1)
    forest_weight: float = Field(default=1.0, ge=0)
    discriminant_weight: float = Field(default=0.3, ge=0)
    words_weight: float = Field(default=0.2, ge=0)

    @model_validator(mode="after")
    def _check(self) -> ClassicalOptions:
        if self.folds == 1:
            raise ValueError("folds: one fold leaves nothing to train on; use 0 or at least 2")
        if self.forest_weight == self.discriminant_weight == self.words_weight == 0:
            raise ValueError("one of the weights must be above 0")
        if self.max_ngram_characters < self.min_ngram_characters:
            raise ValueError("max_ngram_characters is below min_ngram_characters")
        return self
