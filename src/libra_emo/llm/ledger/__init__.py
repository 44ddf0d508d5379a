"""Every answer and every dollar, written down before it is used."""
