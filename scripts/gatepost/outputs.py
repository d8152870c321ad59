"""Step outputs, summaries and annotations: the one place that writes GitHub's file commands."""
