"""Sets of clips with their truth: the bench, public sets by their owners' files, one's own."""
