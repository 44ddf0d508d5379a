"""Campaigns, votes, consensus and agreement: how people's answers become labels."""
