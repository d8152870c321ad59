"""Lines and words that look like trouble and are none."""

# ruff: noqa: E501 - each line of a pattern is one thought

from __future__ import annotations

import re
from typing import Final

# Words of trouble that state none: counts of nothing, options, names of things.
BENIGN: Final = re.compile(
    r"(?i)\b(?:0|no|zero|without|ignor\w+|allow\w*|non-?fatal) +(?:\w+ )?(?:errors?|failures?|failed|fail|warnings?|issues?|problems?|vulnerabilities|exceptions?|offenses?)\b"
    r"|\b(?:errors?|failures?|failed|warnings?|unexpected|broken|crashe[sd]) *[:=] *(?:0\b|none\b|false\b|null\b|\[\])"
    r"|(?<![\w-])--?[\w=,-]*(?:error|fail|warn|missing|invalid|ignore|retry|timeout|undefined|unknown|unused|unresolved)[\w-]*"
    r"|-W\w*error\w*|\bon[-_ ]?(?:error|failure)\b|\b(?:error|fail\w*)[-_](?:handler|fast|page|log|level|prone|code)\w*"
    r"|\b(?:known|expected)[-_ ](?:intermittent[-_ ])?(?:fail\w*|errors?)\b|\bxfail\w*"
    r"|\bx?fail(?:ed)?[=:]0\b|\bcontinue-on-error\b|\bpipefail\b|\berrexit\b|\bif[- ](?:it )?(?:fails|missing)\b"
)

# Lines that report success or progress, whatever words are in them.
SMOOTH: Final = re.compile(
    r"^##\[(?:endgroup|start-action|end-action|add-matcher|debug)\b|^Post job cleanup|^Cleaning up|"
    r"^\s*(?:[\u2713\u2714\u221a\u2705]\ufe0f? |ok \d+|ok\b|PASS(?:ED)?\b|\[ *(?:OK|RUN|PASSED) *\]|--- PASS|=== (?:RUN|PAUSE|CONT)|test .* \.\.\. ok\b)"
    r"|(?:\.{2,} ?|\b)(?:ok|OK|PASS|PASSED|passed|skipped|SKIPPED)(?: \(?[\d.]+ ?m?s\)?)?$"
    r"|^\s*(?:\[[ \d]+%\] |\[\d+/\d+\] |#\d+ (?:DONE|CACHED|sha256:)|\(\d+/\d+\) )"
    r"|^\s*(?:Get:\d+|Hit:\d+|Ign:\d+|Fetched|Unpacking|Selecting|Preparing|Setting up|Processing triggers)\b"
    r"|^\s*(?:\[INFO\] )?(?:Download(?:ing|ed)|Installing|Using|Fetching|Collecting|Requirement already|Receiving|Resolving|Compiling|Linking|Building|Copying|Creating|Extracting|Adding|Checking|Linting)\b[^!]*$"
    r"|^(?:\s*\d+%|remote: (?:Counting|Compressing|Enumerating))|^\s*(?:cp|mkdir|install|CC|CXX|LD|AR|GEN) \S"
)

# A command about to run, as shells and runners echo it.
ECHO: Final = re.compile(r"^\s*(?:\$|\+{1,3}|>|%|\[command\]|##\[(?:group|command)\]|Run) \S|^\s*\+{1,3} \w")
