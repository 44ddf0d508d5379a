"""Votes in CSV files as spreadsheets and annotation tools write them."""
