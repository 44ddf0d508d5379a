"""Statistics of models on a set of clips: scores, intervals, comparisons, people as the ceiling."""
