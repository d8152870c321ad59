"""Signs of linters, formatters and type checkers."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

FILE = r"(?P<path>(?:[A-Za-z]:)?[\w./\\@+-]+\.\w+)"
_RUFF = "[A-Z]|AN[NY]|ARG|ASYNC|BLE|COM|DTZ|ERA|FA|FURB|INP|ISC|LOG|NPY|PD|PERF|PGH|PIE|PL[CERW]|PT|PTH|PYI|RET|RSE|RUF|SIM|SLF|TC|TRY|UP"
_LINT_FIX = "Correct the line named, or run the linter with its fix option and commit the result."

SIGNS = (
    Sign(
        name="python-lint",
        failure=FailureType.LINT,
        rank=75,
        # flake8, pycodestyle, ruff, pylint
        patterns=rx(
            rf"^\s*{FILE}:(?P<line>\d+):(?:\d+:)? \[?(?P<code>[A-Z]{{1,4}}\d{{2,5}})\b[\](:]*(?:\([\w-]+\))?,? *(?:\[\*\] )?(?P<text>.+)",
        ),
        title="{code} in `{path}`: {text}",
        many="{count} lint findings, first {code} in `{path}`: {text}",
        detail="`{path}:{line}` {code} {text}",
        fix=_LINT_FIX,
        identity=("path", "code"),
    ),
    Sign(
        name="ruff-full",
        failure=FailureType.LINT,
        rank=47,
        patterns=rx(rf"^(?P<code>(?:{_RUFF})\d{{3,4}})(?: \[\*\])? (?P<text>[^|]+)$"),
        title="{code}: {text}",
        many="{count} lint findings, first {code}: {text}",
        detail="{code} {text}",
        fix="Correct the line named, or run `ruff check --fix` and commit the result.",
        identity=("code", "text"),
    ),
    Sign(
        name="format-differs",
        failure=FailureType.LINT,
        rank=73,
        patterns=rx(
            r"^[Ww]ould reformat:? (?P<path>\S+)",
            r"^\[warn\] (?P<path>\S+\.\w+)$",
            r"^Diff in (?P<path>\S+?)(?::\d+| at line \d+):?$",
            r"^ERROR: (?P<path>\S+) Imports are incorrectly sorted",
        ),
        title="`{path}` is not formatted as the project's formatter would",
        many="{count} files are not formatted as the project's formatter would",
        detail="`{path}`",
        fix="Run the formatter (`black`, `ruff format`, `isort`, `prettier`, `cargo fmt`) and commit the result.",
        identity=("path",),
    ),
    Sign(
        name="format-count",
        failure=FailureType.LINT,
        rank=46,
        patterns=rx(r"^(?P<n>\d+ files?) would be reformatted|^unformatted: File would be reformatted"),
        title="Files are not formatted as the project's formatter would ({n})",
        fix="Run the formatter (`black`, `ruff format`) and commit the result.",
    ),
    Sign(
        name="types",
        failure=FailureType.LINT,
        rank=75,
        # mypy and pyright; what TypeScript's compiler says is a build
        patterns=rx(
            rf"^\s*{FILE}:(?P<line>\d+):(?:\d+:?)?(?: -)? error: (?P<text>.+?)\s+[\[(](?P<code>[a-z][\w-]+|report\w+)[\])]$"
        ),
        title="Type error in `{path}`: {text}",
        many="{count} type errors, first in `{path}`: {text}",
        detail="`{path}:{line}` {text}",
        fix="Make the types at the line named agree.",
        identity=("path", "code", "text"),
    ),
    Sign(
        name="located-lint",
        failure=FailureType.LINT,
        rank=76,
        # rubocop, golangci-lint, hadolint, yamllint, checkstyle, pylint's message names, clang-tidy
        patterns=rx(
            rf"^{FILE}:(?P<line>\d+):\d+: [CWEF]: (?:\[Correct\w+\] )?(?P<code>[A-Z]\w+/\w+): (?P<text>.+)",
            rf"^{FILE}:(?P<line>\d+):\d+: (?P<text>.+) \((?P<code>[a-z][\w-]+)\)$",
            rf"^{FILE}:(?P<line>\d+):\d+: (?:warning|error): (?P<text>.+) \[(?P<code>[a-z]+-[\w.-]+)\]$",
            r"^(?P<path>[\w./-]+):(?P<line>\d+) (?P<code>DL\d{4}|SC\d{4})\b[: ]*(?P<text>.+)",
            r"^\[(?:ERROR|WARN)\] (?P<path>\S+?\.\w+):(?P<line>\d+)(?::\d+)?: (?P<text>.+) \[(?P<code>[A-Z]\w+)\]$",
            r"^(?P<path>\S+\.ya?ml):(?P<line>\d+):\d+: (?P<text>.+) \[(?P<code>[\w-]+)\]$",
        ),
        title="{code} in `{path}`: {text}",
        many="{count} lint findings, first {code} in `{path}`: {text}",
        detail="`{path}:{line}` {code} {text}",
        fix=_LINT_FIX,
        identity=("path", "code"),
    ),
    Sign(
        name="listed-lint",
        failure=FailureType.LINT,
        rank=74,
        # eslint, stylelint, yamllint, phpcs: the file stands on a line above
        patterns=rx(
            r"^\s+(?P<line>\d+):\d+\s+(?:error|✖)\s+(?P<text>.+?)\s{2,}(?P<code>[@\w/-]+)$",
            r"^\s+(?P<line>\d+):\d+\s+error\s+(?P<text>.+?)\s+\((?P<code>[\w-]+)\)$",
            r"^ +(?P<line>\d+) \| ERROR +\| (?P<text>.+)",
            r"^In (?P<path>\S+) line (?P<line>\d+):$",
        ),
        title="{code}: {text}",
        many="{count} lint findings, first {code}: {text}",
        detail="line {line}: {text} {code}",
        fix=_LINT_FIX,
        identity=("code", "text"),
        context=4,
    ),
    Sign(
        name="clippy",
        failure=FailureType.LINT,
        rank=79,
        patterns=rx(
            r"clippy::(?P<code>\w+)", r"help: for further information visit \S+clippy\S+#(?P<code>\w+)"
        ),
        title="Clippy lint `{code}`",
        many="{count} Clippy lints, first `{code}`",
        detail="`{code}`",
        fix="Correct the line named, or run `cargo clippy --fix`.",
        identity=("code",),
        context=6,
    ),
)
