"""One client per outside service; no policy in them."""
