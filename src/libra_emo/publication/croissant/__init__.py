"""The description of a release in Croissant 1.1, with its vocabulary for responsible AI."""
