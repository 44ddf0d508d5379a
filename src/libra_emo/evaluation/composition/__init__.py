"""What the dataset is made of: the paper's tables about it, its distributions, and examples."""
