"""Licences of films: which SPDX identifier a text means, and what the licence permits."""
