"""Signs of compilers, build tools and programs that stop with an error."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.analysis.signs.checks import FILE
from gatepost.model import FailureType

_COMPILE = "Correct the code at the line named; later errors often vanish with the first."

SIGNS = (
    Sign(
        name="compile-error",
        failure=FailureType.BUILD,
        rank=75,
        # gcc, clang, swiftc; javac, kotlinc, scalac; tsc; C#; Go
        patterns=rx(
            rf"^(?:\S*❌\s+)?{FILE}:(?P<line>\d+):\d+: (?:fatal )?error: (?P<text>.+)",
            rf"^(?:\S*❌\s+){FILE}:(?P<line>\d+):\d+: (?P<text>.+)",
            rf"^\[ERROR\] {FILE}:\[(?P<line>\d+),\d+\] (?P<text>.+)",
            rf"^(?:\[\w+\] )?{FILE}:(?P<line>\d+): error: (?P<text>.+)",
            rf"^e: (?:file://)?{FILE}:\(?(?P<line>\d+)[:,] ?\d+\)?:? (?P<text>.+)",
            rf"^\[error\] {FILE}:(?P<line>\d+)(?::\d+)?: (?P<text>.+)",
            rf"^{FILE}\((?P<line>\d+),\d+\): error (?P<code>(?:TS|CS|MSB|FS|C|BC)\d+): (?P<text>.+)",
            rf"^{FILE}:(?P<line>\d+):\d+ - error (?P<code>TS\d+): (?P<text>.+)",
            r"^(?:vet: )?(?:\./)?(?P<path>[\w./-]+\.go):(?P<line>\d+):\d+: (?P<text>.+)",
        ),
        title="`{path}` does not compile: {code} {text}",
        many="{count} compile errors, first in `{path}`: {text}",
        detail="`{path}:{line}` {text}",
        fix=_COMPILE,
        identity=("path", "text"),
    ),
    Sign(
        name="rust-compile",
        failure=FailureType.BUILD,
        rank=75,
        patterns=rx(r"^error\[(?P<code>E\d{4})\]: (?P<text>.+)"),
        title="The Rust code does not compile ({code}): {text}",
        many="{count} compile errors, first {code}: {text}",
        detail="{code} {text}",
        fix=_COMPILE,
        identity=("code", "text"),
        context=4,
    ),
    Sign(
        name="link-error",
        failure=FailureType.BUILD,
        rank=74,
        patterns=rx(
            r"undefined reference to [`'](?P<text>[^'`]+)|ld(?:\.lld)?: (?:error: )?(?:cannot find|library not found for) (?P<name>\S+)",
            r"Undefined symbols? for architecture (?P<name>\w+)|error LNK\d+: (?P<text>.+)",
        ),
        title="Linking failed: {text}{name}",
        fix="Link the library that defines it, or restore the definition.",
        identity=("text", "name"),
    ),
    Sign(
        name="syntax-error",
        failure=FailureType.BUILD,
        rank=73,
        patterns=rx(
            r"^(?:E +)?(?P<kind>SyntaxError|IndentationError|TabError): (?P<text>.+)",
            r"(?:PHP )?Parse error: (?P<text>.+) in (?P<path>\S+) on line (?P<line>\d+)",
            r"^(?P<path>\S+\.rb):(?P<line>\d+): (?P<text>syntax error.+)",
        ),
        title="Syntax error in {path}: {text}",
        fix="Correct the line named or the one above it.",
        identity=("path", "text"),
        context=4,
    ),
    Sign(
        name="configure-error",
        failure=FailureType.BUILD,
        rank=66,
        patterns=rx(
            r"CMake Error at (?P<path>[^:]+):(?P<line>\d+) \((?P<text>\w+)\)",
            r"configure: error: (?P<text>.+)",
            r"^(?P<path>[\w./-]+/meson\.build):(?P<line>\d+):\d+: ERROR: (?P<text>.+)",
            r"A problem occurred evaluating (?P<text>.+)|Non-resolvable parent POM(?P<text2>.*)|Execution failed for task '(?P<task>:[\w:]+)'",
        ),
        title="The build could not be set up or run: {text}{text2}{task}",
        fix="Correct the build file at the line named, or install what it looks for.",
        identity=("path", "text", "task"),
        context=5,
    ),
    Sign(
        # Scripts probe for commands all the time; only exit code 127 makes a missing one the cause.
        name="command-not-found",
        failure=FailureType.BUILD,
        rank=64,
        confirmed_by=127,
        patterns=rx(
            r"(?:line \d+: |sh: (?:\d+: )?)(?P<command>[\w./+-]+): (?:command )?not found$",
        ),
        title="The command `{command}` is not installed on the runner",
        fix="Install `{command}` in a step before this one, or correct its name or PATH.",
        identity=("command",),
    ),
    Sign(
        name="executable-not-found",
        failure=FailureType.BUILD,
        rank=64,
        patterns=rx(
            r"make(?:\[\d+\])?: (?P<command>[\w./+-]+): (?:Command not found|No such file or directory)",
            r"exec: \"(?P<command>[^\"]+)\": executable file not found|executable file not found in \$PATH",
        ),
        title="The command `{command}` is not installed on the runner",
        fix="Install `{command}` in a step before this one, or correct its name or PATH.",
        identity=("command",),
    ),
    Sign(
        name="make-target-missing",
        failure=FailureType.BUILD,
        rank=63,
        patterns=rx(
            r"No rule to make target [`'](?P<target>[^'`]+)|(?:npm (?:ERR!|error) )?Missing script: \"?(?P<target2>[\w:-]+)",
            r"can't open file '(?P<target>[^']+)': \[Errno 2\]",
        ),
        title="`{target}{target2}` does not exist, so it cannot be run",
        fix="Correct the name where it is called, or add the missing target, script or file.",
        identity=("target", "target2"),
    ),
    Sign(
        name="python-exception",
        failure=FailureType.UNKNOWN,
        rank=42,
        patterns=rx(
            r"^(?:E +)?(?P<error>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt))(?:: (?P<text>.+))?$"
        ),
        title="A program stopped with {error}: {text}",
        fix="Follow the stack in the quoted lines down to the last frame in this repository.",
        identity=("error", "text"),
        context=5,
    ),
    Sign(
        name="java-exception",
        failure=FailureType.UNKNOWN,
        rank=41,
        patterns=rx(
            r"Exception in thread \"[^\"]+\" (?P<error>[\w.$]+)(?:: (?P<text>.+))?",
        ),
        title="A program stopped with {error}: {text}",
        fix="Follow the stack in the quoted lines down to the first frame of this repository.",
        identity=("error", "text"),
        context=4,
    ),
    Sign(
        name="java-cause",
        failure=FailureType.UNKNOWN,
        rank=43,
        patterns=rx(r"^(?:\[ERROR\] )?Caused by: (?P<error>[\w.$]+(?:Exception|Error)): (?P<text>.+)"),
        title="A program stopped with {error}: {text}",
        fix="Follow the stack in the quoted lines down to the first frame of this repository.",
        identity=("error", "text"),
        context=4,
    ),
    Sign(
        name="maven-goal",
        failure=FailureType.BUILD,
        rank=28,
        patterns=rx(
            r"Failed to execute goal \S*?(?P<goal>[\w-]+-plugin:[\w.-]+:\w+)(?: \([\w-]+\))? on project (?P<project>[\w.-]+): (?P<text>.+)"
        ),
        title="`{goal}` failed on {project}: {text}",
        fix="Run the goal alone with `-e` to see the stack behind its message.",
        identity=("project", "text"),
    ),
    Sign(
        name="crash",
        failure=FailureType.UNKNOWN,
        rank=48,
        patterns=rx(
            r"Segmentation fault|\bSIG(?:SEGV|BUS|ABRT|ILL|FPE)\b|core dumped|exit(?:ed)?(?: with)?(?: (?:code|status))?:? 13[49]\b|^panic: (?P<text>.+)",
            r"AddressSanitizer: (?P<text>[\w-]+)|^Fatal (?:Python )?error: (?P<text2>.+)",
        ),
        title="A program crashed: {text}{text2}",
        fix="Run the same command under a debugger or sanitizer; the crash is in native code or a panic.",
        identity=("text", "text2"),
        context=4,
    ),
    Sign(
        name="build-failed",
        failure=FailureType.BUILD,
        rank=25,
        patterns=rx(
            r"^(?:\[\w+\] )?BUILD FAIL(?:URE|ED)\b|^\*\* (?:BUILD|ARCHIVE) FAILED \*\*|^FAILURE: Build failed|error: could not compile `(?P<name>[^`]+)`"
        ),
        title="The build failed {name}",
        identity=("name",),
    ),
)
