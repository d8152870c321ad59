"""
The rule table: signs → failure type.

    rank  what a line at this rank says
      95  the platform stopped the job: time limit, lost runner, invalid workflow
      90  a resource ran out: memory, disk, quota
      85  a gate found something: a vulnerability, a secret, a score below its threshold
      80  a test failed, by name
      75  code did not compile, or broke a lint rule
      70  a dependency could not be resolved or imported
      60  a deployment or training run reported its own error
      50  a service could not be reached
      40  a program stopped with an exception or a failing command
      20  a tool only says that it failed

A higher rank decides. So a connection error inside a failing test stays a test failure, and a
failing test on a full disk is a full disk.
"""

from gatepost.analysis.sign import Sign
from gatepost.analysis.signs import (
    builds,
    checks,
    dependencies,
    deploys,
    gates,
    models,
    platform,
    reports,
    scans,
    tests,
)

SIGNS: tuple[Sign, ...] = (
    *gates.SIGNS,
    *platform.SIGNS,
    *deploys.SIGNS,
    *reports.SIGNS,
    *scans.SIGNS,
    *models.SIGNS,
    *tests.SIGNS,
    *checks.SIGNS,
    *dependencies.SIGNS,
    *builds.SIGNS,
)

__all__ = ["SIGNS"]
