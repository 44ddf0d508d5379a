"""What a call costs, by the price list."""
