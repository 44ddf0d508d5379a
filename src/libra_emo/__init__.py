"""Fine-grained emotion datasets out of films, and models tuned on them."""
