"""The way in: films from a list of addresses, once their licences are known to permit it."""
