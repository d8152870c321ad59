"""Words and shapes that state trouble in any language's logs."""

# ruff: noqa: E501 - one sign a row is easier to compare than a wrapped pattern

from __future__ import annotations

import re
from typing import Final

from gatepost.evidence.distil.sign import Reach, sign

B, S, M = Reach.BLOCK, Reach.SECTION, Reach.MARK

# fmt: off
# Weights follow one idea: 9 and more names a cause with its place or object, 7-8 states that
# something failed, 4-6 heads or sums up such statements, below that a word that often appears near.
GENERAL: Final = (
    # Compilers and linters of any language: place, then severity.
    sign("error", r"^\S[^:]*?[:(]\d+(?:[:,.]\d+)*\)?:? *(?:\S+ )?(?:fatal )?error\b", 9.5, B),
    sign("error", r"^\s*(?:\[[\w :.-]+\] )?(?:fatal |internal |syntax |compile )?[Ee](?:rror|RROR)(?:\[\w+\])?: \S", 8.5, B),
    sign("error", r"\b(?:[Ee]rror|ERROR)(?: \w+\d+)?: \S", 7, B),
    sign("error", r"^\s*(?:\S+ +)?[\[<(|*-]* ?(?:ERROR|SEVERE)\b", 7, B),
    sign("fatal critical panic", r"^(?:\S+ )?\[?(?:[Ff]atal|FATAL|CRITICAL|[Pp]anic|PANIC)\b", 8.5, B),
    sign("error exception interrupt", r"^(?:\S+ )?[\w.$:]*[A-Za-z](?:Error|Exception|Interrupt)\b(?::|$| \()", 8.5, B),
    sign("error exception", r"\b[A-Z][\w.$]*(?:Error|Exception)\b(?!\()", 5, B),
    sign("exception", r"(?i)\b(?:unhandled|uncaught|unexpected|exception in)\b.*\bexception\b|^exception\b", 8, B),
    sign("traceback", r"Traceback \(most recent call last\)", 7, B),
    sign("caused~by", r"^\s*Caused by:? ", 8.5, B),
    # Test runners of any language.
    sign("unexpected", r"\bUNEXPECTED[-_ ][A-Z]+\b", 8.5, B),
    sign("fail", r"\bFAIL(?:ED|URE|S)?\b", 7.5, B),
    sign("fail", r"^\s*(?:\d+\) )?[Ff]ail(?:ed|ure|ures)?\b", 7, B),
    sign("not~ok", r"^\s*not ok\b", 9, B, tool="tap"),
    sign("\u2717 \u2718 \u2716 \u274c \u2715 \u2a2f \U0001f4a5 \u00d7", r"^\s*[\u2717\u2718\u2716\u274c\u2715\u2a2f\U0001f4a5\u00d7] *\S", 9, B),
    sign("assert", r"(?i)\bassert\w*[ :(].*\b(?:fail|expected|not|error)|assertion\b.*\bfail", 8.5, B),
    sign("expected", r"(?i)\bexpected\b.{0,300}\b(?:but|got|actual|was|were|to|found|instead|received|not)\b", 7, B),
    sign("expected actual received got", r"^\s*[-+|#E]?\s*(?:[Ee]xpected|[Aa]ctual|[Rr]eceived|[Gg]ot)\b[^:]{0,20}:", 6.5, B),
    sign("not~equal", r"\b(?:is|are|was|not) (?:not )?equal\b", 6, B),
    sign("mismatch differ", r"(?i)\bmis-?match|\bdiffers?\b", 4.5),
    # Processes.
    sign("segmentation core~dumped sigsegv sigabrt sigbus sigkill sigill abort killed", r"[Ss]egmentation fault|core dumped|\bSIG(?:SEGV|ABRT|BUS|KILL|ILL|FPE|TERM)\b|\b[Aa]bort(?:ed|ing)\b|\bKilled\b", 8, B),
    sign("out~of~memory oom no~space cannot~allocate", r"(?i)\bout of memory|\boom\b|oomkilled|no space left|cannot allocate memory", 9),
    sign("timed~out timeout time~limit deadline", r"(?i)\btimed[ -]?out\b|\btime ?out\b|time limit|deadline exceeded", 6, B),
    sign("no~output", r"(?i)no output has been received", 9.5),
    sign("not~found no~such does~not~exist cannot~find could~not unable~to can't couldn't unresolved cannot", r"(?i)\b(?:command not found|no such (?:file|module|host|key)|does not exist|doesn't exist|cannot (?:find|open|access|resolve|be|load|read|write|connect|import)|could ?n[o']t \w+|unable to \w+|can't \w+|unresolved|not found\b)", 5.5, B),
    sign("denied refused unauthorized forbidden unreachable reset rejected", r"(?i)\b(?:permission|access|requested?|pull)[\w ]* denied|connection (?:refused|reset|timed)|\bunauthori[sz]ed\b|\bforbidden\b|unreachable|\brejected\b", 7),
    sign("undefined undeclared unknown unrecognized unexpected invalid illegal missing incompatible unsupported ambiguous duplicate", r"(?i)\b(?:undefined|undeclared|unknown|unrecogni[sz]ed|unexpected|invalid|illegal|missing|incompatible|unsupported|ambiguous|duplicate[sd]?)\b", 4, B),
    sign("violat vulnerab conflict broken corrupt crash threshold", r"(?i)\b(?:violat\w+|vulnerab\w+|conflict\w*|broken|corrupt\w*|crash\w*|(?:below|under|above|exceed\w*|meet)\b.*\bthreshold)\b", 5, B),
    sign("require must~be should~be was~not must~have", r"(?i)\b(?:is|are) required\b|\bmust (?:be|have)\b|\bshould be\b|\bwas not\b", 3.5),
    sign("error fail", r"(?i)(?<![\w./\\=-])(?:errors?|errored|fail(?:ed|ures?|s|ing)?)(?![\w/\\=-]|\.\w|\(\))", 4, B),
    sign("issue problem offense warning", r"(?i)^\W*(?:[1-9]\d* )?(?:issues?|problems?|offenses?|violations?)\b", 5, S),
    sign("warn", r"(?i)^\s*\S*\s*\[?warn(?:ing)?\b|: warning:", 2),
    sign("retry retrying trying~again", r"(?i)\bretry(?:ing)?\b|trying again", 3),
    # Headings of lists of failures.
    sign("fail error", r"(?i)^\W{0,12}(?:\d+ )?(?:failures?|errors?|failed (?:tests|examples|specs|scenarios|jobs|tasks)|failing tests|tests? (?:failed|in error)|summary of all failing tests)\b\W{0,12}$", 7, S),
    sign("following", r"(?i)\bfollowing\b.*\b(?:fail\w*|errors?|missing|problems?|not)\b.*:?$", 7, S),
    # Ends of commands and steps.
    sign("exit", r"(?i)\bexit(?:ed|s|ing)?\b(?: (?:with|code|status|value|was|unexpectedly))*[ :=]*['\"(]?[1-9]\d*\b", 6, M),
    sign("return", r"(?i)\breturn(?:ed|ing|s)?(?: a)?(?: non-?zero)?(?: exit)?(?: code| status| value)?:? [1-9]\d{0,2}\b", 5, M),
    sign("##[error]", r"^##\[error\]", 8.7, B),
    sign("exit~code", r"Process completed with exit code [1-9]|^##\[error\].*\bexit code '?[1-9]", 9.2, M),
    sign("marked~build", r"marked build as failure", 6, M),
    sign("finished:", r"^Finished: (?:FAILURE|ABORTED|UNSTABLE)", 5, M),
    sign("job~failed", r"^ERROR: Job failed", 8.6, M),
    sign("cancel shutdown", r"(?i)\b(?:operation|task|job|run|build) was cancell?ed|received a shutdown signal", 8, M),
)
# fmt: on

_STRONG: Final = re.compile(
    rb"panic|fatal|FATAL|##\[error\]|Traceback|FAIL|[Aa]ssert|Exception in|Segmentation|CRITICAL"
)


def is_hot(raw: bytes) -> bool:
    """Say whether a raw line may state trouble; asked of every line, so written for speed."""
    low = raw.lower()
    return (
        b"error" in low or b"fail" in low or b"fatal" in low or b"panic" in low or b"exception" in low
        or b"traceback" in low or b"denied" in low or b"refused" in low or b"killed" in low or b"segm" in low
        or b"not ok" in low or b"exited" in low or b"timed out" in low or b"cannot" in low or b"undefined" in low
        or b"not found" in low or b"violation" in low or b"cancel" in low or b"cve-" in low
        or (b"\xe2" in low and any(mark in low for mark in _MARKS))
    )  # fmt: skip


def is_strong(raw: bytes) -> bool:
    """Say the same of the few words that a healthy log hardly ever holds."""
    return _STRONG.search(raw) is not None


_MARKS: Final = tuple(mark.encode() for mark in "\u2717\u2718\u2716\u274c\u25cf")
