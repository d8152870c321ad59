"""Gate: one commit to the manifests repository, safe among other writers."""
