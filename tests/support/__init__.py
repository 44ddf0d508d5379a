"""What the tests share: small projects, drawn films, servers, tables."""
