"""Where films come from: folders, manifests, addresses, sidecars, licences."""
