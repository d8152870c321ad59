"""Install the pinned binaries of tools.toml, once per machine and version; needs Python 3.11 alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from toolbox.catalogue import ToolError, load
from toolbox.installer import Installer, default_folder


def main(arguments: Sequence[str]) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="tools.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="groups or tools to install")
    parser.add_argument("--print-path", metavar="COMMAND", help="print where an installed command lies")
    parser.add_argument("--list", action="store_true", help="print each tool with its version and groups")
    options = parser.parse_args(arguments)
    try:
        installer = Installer(load(), folder=default_folder())
        installer.install(options.names)
        if options.print_path:
            print(installer.path(options.print_path))
    except ToolError as error:
        print(f"tools: {error.what}\n  fix: {error.fix}", file=sys.stderr)
        return 1
    for tool in installer.tools.values() if options.list else ():
        state = "installed" if installer.installed(tool) else "missing"
        print(f"{tool.name:18} {tool.version or '-':10} {','.join(tool.groups):12} {state}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
