"""Gate: build the image, look into it, and only then push it; its digest is what ships."""
