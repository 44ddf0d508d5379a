"""The way back: everything of a film is found, removed, and kept from coming back."""
