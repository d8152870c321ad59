"""The installer behind .ci/tools.py: standard library only, since nothing is installed before it."""
