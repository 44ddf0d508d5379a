"""Who may do what: personal links, sessions, tokens, limits and headers."""
