"""Signs of security scanners: code, secrets, dependencies, images."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

SIGNS = (
    Sign(
        name="bandit",
        failure=FailureType.SAST,
        rank=86,
        patterns=rx(r">> Issue: \[(?P<code>B\d{3}):(?P<slug>\w+)\] (?P<text>.+)"),
        title="Bandit {code} ({slug}): {text}",
        many="{count} Bandit findings, first {code} ({slug}): {text}",
        detail="{code} {slug}: {text}",
        fix="Change the code at the quoted location; for a false positive, mark that line `# nosec {code}` with the reason.",
        identity=("code", "slug"),
        context=5,
    ),
    Sign(
        name="semgrep",
        failure=FailureType.SAST,
        rank=86,
        patterns=rx(
            r"^\s+(?:❯+❱|❯{2,}|❱) (?P<code>[\w.-]+)\s*$",
            r"^\s+(?P<code>(?:[a-z][\w-]*\.){2,}[a-z][\w-]+)\s*$",
        ),
        title="Semgrep found `{code}`",
        many="{count} Semgrep findings, first `{code}`",
        detail="`{code}`",
        fix="Change the code at the quoted location; for a false positive, mark that line `# nosemgrep: RULE` with the reason.",
        identity=("code",),
        context=4,
    ),
    Sign(
        name="semgrep-count",
        failure=FailureType.SAST,
        rank=81,
        patterns=rx(
            r"(?P<n>[1-9]\d*) Code Findings?\b",
            r"Ran \d+ rules? on \d+ files?: (?P<n>[1-9]\d*) findings?",
        ),
        title="Semgrep has findings ({n})",
        fix="Change the code at the locations it lists; for a false positive, mark the line `# nosemgrep: RULE`.",
    ),
    Sign(
        name="static-analysis",
        failure=FailureType.SAST,
        rank=82,
        patterns=rx(
            r"(?P<code>CKV2?_\w+_\d+): (?P<text>.+)",
            r"✗ \[(?:High|Medium|Critical)\] (?P<text>.+)",
            r"\[(?P<code>G\d{3})\] \((?P<text>CWE-\d+)\)",
            r"(?P<code>AVD-\w+-\d+)[^:]*: (?P<text>.+)",
        ),
        title="Static analysis found {code}: {text}",
        many="{count} static analysis findings, first {code}: {text}",
        detail="{code} {text}",
        fix="Change the code at the quoted location, or dismiss the finding with a reason.",
        identity=("code", "text"),
        context=4,
    ),
    Sign(
        name="secret-found",
        failure=FailureType.SECRETS,
        rank=87,
        patterns=rx(
            r"^RuleID:\s+(?P<rule>[\w-]+)",
            r"Detector Type: (?P<rule>\w+)|Secret Type:\s+(?P<type>.+)|—— (?P<name>.+) \(line \d+\)",
            r"\bleaks found: (?P<n>[1-9]\d*)",
            r"Found (?:un)?verified result|GH013: |Push cannot contain secrets",
        ),
        title="A secret is in the repository: {rule}{type}{name}",
        many="{count} secrets in the repository, first {rule}{type}{name}",
        detail="{rule}{type}{name}",
        why="Whoever can read the repository, its history or its forks can use the secret.",
        fix="Revoke the secret first; then take it out of the code and read it from the environment.",
        identity=("rule", "type", "name"),
        context=6,
    ),
    Sign(
        name="pip-audit",
        failure=FailureType.SCA,
        rank=86,
        patterns=rx(
            r"^(?P<package>[A-Za-z][\w.-]*)\s+(?P<version>\d[\w.+!-]*)\s+(?P<id>(?:PYSEC|CVE|GHSA|OSV)-[\w-]+)\s+(?P<fixed>\d[\w.,+!-]*)",
        ),
        title="`{package}` {version} has the known vulnerability {id}",
        many="{count} known vulnerabilities in dependencies, first {id} in `{package}` {version}",
        detail="{id} in `{package}` {version}, fixed in {fixed}",
        fix="Raise `{package}` to {fixed}, the first fixed version the scanner names.",
        identity=("package", "id"),
    ),
    Sign(
        name="vulnerability-row",
        failure=FailureType.SCA,
        rank=85,
        patterns=rx(
            # package, id, severity, status, installed, fixed: the table of Trivy; Grype's has no rulers
            r"[│|]\s*(?P<package>[\w@/.:+-]+)?[^│|]*[│|]\s*(?P<id>(?:CVE|GHSA)-[\w-]+)\s*[│|][^│|]*[│|][^│|]*[│|]"
            r"\s*(?P<version>[\w.:+~-]+)?\s*[│|]\s*(?P<fixed>\d[\w.:+~, -]*?)?\s*[│|]",
            r"^(?P<package>\S+)\s+(?P<version>\d\S*)\s+(?P<fixed>\d\S*)?\s+\w+\s+(?P<id>(?:CVE|GHSA)-[\w-]+)\s+\w+",
        ),
        title="`{package}` {version} has the known vulnerability {id}",
        many="{count} known vulnerabilities, first {id} in `{package}` {version}",
        detail="{id} in `{package}` {version}, fixed in {fixed}",
        fix="Raise `{package}`, or the base image that brings it, to {fixed}.",
        identity=("package", "id"),
    ),
    Sign(
        name="known-vulnerability",
        failure=FailureType.SCA,
        rank=58,
        patterns=rx(
            r"(?P<id>CVE-\d{4}-\d{4,}|GHSA(?:-\w{4}){3}|PYSEC-\d{4}-\d+|RUSTSEC-\d{4}-\d+|GO-\d{4}-\d{4})",
        ),
        title="A dependency has the known vulnerability {id}",
        many="{count} known vulnerabilities in dependencies, first {id}",
        detail="{id}",
        fix="Raise the dependency to the fixed version the scanner names, or record why it does not apply.",
        identity=("id",),
    ),
    Sign(
        name="snyk",
        failure=FailureType.SCA,
        rank=84,
        patterns=rx(
            r"✗ (?P<text>.+) \[(?:Low|Medium|High|Critical) Severity\].* in (?P<package>\S+)",
            r"✗ (?:Low|Medium|High|Critical) severity vulnerability found in (?P<package>\S+)",
        ),
        title="`{package}` has a known vulnerability: {text}",
        many="{count} known vulnerabilities in dependencies, first `{package}`: {text}",
        detail="`{package}` {text}",
        fix="Raise `{package}` to the version the scanner names.",
        identity=("package", "text"),
    ),
    Sign(
        # Installers print such a count although nothing failed: it decides only when nothing else speaks.
        name="vulnerability-count",
        failure=FailureType.SCA,
        rank=22,
        patterns=rx(
            r"^(?P<n>[1-9]\d*) (?:\w+ )*vulnerabilit(?:y|ies)\b|[Ff]ound (?P<m>[1-9]\d*) (?:\w+ )*vulnerabilit",
        ),
        title="The scanner counts {n}{m} known vulnerabilities in dependencies",
        fix="Raise the dependencies to the fixed versions, or record why a finding does not apply.",
    ),
    Sign(
        name="image-build",
        failure=FailureType.CONTAINER,
        rank=77,
        patterns=rx(
            r"ERROR: failed to (?:solve|build)[^:]*: (?P<text>.+)",
            r"dockerfile parse error(?: on)? line (?P<line>\d+): (?P<text>.+)",
            r"The command '(?P<text>.+?)' returned a non-zero code: \d+",
            r"error building at STEP \"(?P<text>.+?)\"",
            r"^(?P<path>[\w./-]*Dockerfile[\w.-]*):(?P<line>\d+)$",
            ignore_case=True,
        ),
        title="The image did not build: {text}",
        fix="Correct the Dockerfile line, or the command it runs, as quoted.",
        identity=("text",),
        context=4,
    ),
    Sign(
        name="image-not-found",
        failure=FailureType.CONTAINER,
        rank=78,
        patterns=rx(
            r"manifest for (?P<image>\S+) not found|pull access denied for (?P<name>[^\s,]+)|manifest unknown",
            r"^(?:Error: )?(?:denied|unauthorized): .*(?:requested access|authentication required)",
        ),
        title="An image could not be pulled or pushed: {image}{name}",
        fix="Check the image's name and tag, and that the job is logged in to that registry.",
        identity=("image", "name"),
    ),
)
