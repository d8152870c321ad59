"""A local, stateful GitHub whose every request and answer is held against GitHub's own description."""

from tests.servers.github.server import GitHub
from tests.servers.github.state import Annotation, Artifact, Commit, Issue, Job, Repo, Run, User

__all__ = ["Annotation", "Artifact", "Commit", "GitHub", "Issue", "Job", "Repo", "Run", "User"]
