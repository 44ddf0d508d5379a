"""Commands about labels: planning, simulating and certifying them."""
