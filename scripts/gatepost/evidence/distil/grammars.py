"""How well-known tools report a failure."""

# ruff: noqa: E501 - one sign a row is easier to compare than a wrapped pattern

from __future__ import annotations

from typing import Final

from gatepost.evidence.distil.sign import Reach, Sign, sign

B, S, M = Reach.BLOCK, Reach.SECTION, Reach.MARK

# fmt: off
PYTHON: Final = (
    sign("e~~", r"^E   +\S", 8, B, tool="pytest"),
    sign("___", r"^_{3,} .+ _{3,}$", 6.5, B, tool="pytest"),
    sign("=~failures =~errors", r"^=+ (?:FAILURES|ERRORS) =+$", 5, S, tool="pytest"),
    sign("failed~ error~", r"^(?:FAILED|ERROR) \S+(?:::\S+|\.py\b)", 9.5, tool="pytest"),
    sign(".py:", r"^\S+\.py:\d+: [\w.]*(?:Error|Exception|Interrupt|Failed|Exit|AssertionError)\b", 8.5, B, tool="pytest"),
    sign("~failed ~error", r"^=+ .*\b\d+ (?:failed|errors?)\b.* =+$", 6.5, tool="pytest"),
    sign("!!!", r"^!{3,} .+ !{3,}$", 8.5, tool="pytest"),
    sign("short~test~summary", r"short test summary info", 4, S, tool="pytest"),
    sign("fail: error:", r"^(?:FAIL|ERROR): \S+ \(.+\)", 9.5, B, tool="unittest"),
    sign("failed~(", r"^FAILED \((?:failures|errors)=", 6.5, tool="unittest"),
    sign(".py:", r"^(?:\./)?[\w./\\-]+\.\w+:\d+:\d+:? [A-Z]{1,4}\d{3,4}\b", 9, tool="flake8"),
    sign(":~error:", r"^\S+\.pyi?:\d+(?::\d+)?: error: ", 9.5, B, tool="mypy"),
    sign("would~reformat", r"^(?:would reformat|Would reformat:?) \S", 8, tool="black"),
    sign("could~not~find no~matching subprocess-exited failed~building conflicting", r"(?i)^\s*(?:ERROR|error): (?:could not find a version|no matching distribution|subprocess-exited|failed building|cannot install|resolutionimpossible)", 9.5, B, tool="pip"),
    sign("no~solution", r"No solution found when resolving", 9.5, B, tool="uv"),
    sign(">>~issue", r"^>> Issue: \[", 9.5, B, tool="bandit"),
    sign("\u276f", r"^\s*\u276f+\u2771? ?\S|^\s*\u276f\u276f\u2771", 9, B, tool="semgrep"),
)

JVM: Final = (
    sign("<<<~failure <<<~error", r"<<< (?:FAILURE|ERROR)!", 9, B, tool="maven"),
    sign("tests~run", r"Tests run:.*(?:Failures|Errors): [1-9]", 7, tool="maven"),
    sign("failed~tests tests~in~error", r"^(?:\[ERROR\] )?(?:Failed tests|Tests in error|Failures|Errors):", 7.5, S, tool="maven"),
    sign("compilation~error", r"COMPILATION ERROR", 6, S, tool="maven"),
    sign("failed~to~execute", r"Failed to execute goal", 8, B, tool="maven"),
    sign("testcase:", r"Testcase: .*(?:FAILED|Caused an ERROR)", 9.5, B, tool="ant"),
    sign("build~fail", r"^(?:\[\w+\] )?BUILD FAIL", 5, B, tool="maven"),
    sign("what~went~wrong", r"^\* What went wrong:", 8, B, tool="gradle"),
    sign("~failed", r"^\S.* > .* FAILED$", 9.5, B, tool="gradle"),
    sign("~failed", r"^(?:> Task )?:\S+ FAILED$", 7, B, tool="gradle"),
    sign("exception~in~thread", r"Exception in thread ", 8.5, B, tool="java"),
    sign("[error]", r"^\[error\] ", 7, B, tool="sbt"),
    sign("***~failed", r"\*\*\* FAILED \*\*\*", 9.5, B, tool="scalatest"),
    sign("fail~in error~in", r"^(?:FAIL|ERROR) in \(", 9.5, B, tool="clojure.test"),
)

NODE: Final = (
    sign("\u25cf", r"^\s*\u25cf .*\u203a", 9.5, B, tool="jest"),
    sign("\u25cf", r"^\s*\u25cf \S", 8, B, tool="jest"),
    sign("fail~", r"^\s*FAIL\s+\S+\.[cm]?[jt]sx?\b", 8.5, B, tool="jest"),
    sign("failing", r"^\s*[1-9]\d* failing\b", 7, S, tool="mocha"),
    sign(")~", r"^\s{1,8}\d{1,3}\) \S", 5, B),
    sign("error", r"^\s+\d+:\d+\s+error\s+\S", 9, B, tool="eslint"),
    sign("problem", r"^\s*\u2716 \d+ problems?", 6, tool="eslint"),
    sign("error~ts", r"\berror TS\d+:", 9.5, B, tool="tsc"),
    sign("error~in", r"^ERROR in ", 8.5, B, tool="webpack"),
    sign("module~not~found cannot~find~module", r"Module not found|Cannot find module", 9, B, tool="node"),
    sign("npm~err npm~error", r"^npm (?:ERR!|error) (?!A complete log|    ?/)", 4.5, B, tool="npm"),
    sign("eresolve e404", r"^npm (?:ERR!|error) (?:code|notarget|404)", 7, B, tool="npm"),
    sign("error~", r"^error (?!Command failed)\S", 8, B),
)

NATIVE: Final = (
    sign("error:", r"^[^\s:][^:]*:\d+:(?:\d+:)? (?:fatal )?error: ", 9.5, B, tool="gcc/clang"),
    sign("undefined~reference undefined~symbol multiple~definition", r"undefined reference to|[Uu]ndefined symbols?|multiple definition of", 9, B, tool="ld"),
    sign("ld~returned linker~command collect2", r"collect2: error|ld returned [1-9]|linker command failed", 6.5, tool="ld"),
    sign("in~file~included", r"^In file included from ", 5, B, tool="gcc/clang"),
    sign("error~", r": (?:fatal )?error (?:C|LNK|CS|MSB|FS|BC|NU|CA|SA|AD)\d+\b", 9.5, B, tool="dotnet"),
    sign("[fail]", r"\[FAIL\]$", 9.5, B, tool="dotnet"),
    sign("error~message:", r"^\s*Error Message:", 8, B, tool="dotnet"),
    sign("failed~", r"^\s+Failed \S+.*\[[<\d. ms]+\]$|^\d+\) (?:Failed|Error) : ", 9.5, B, tool="dotnet"),
    sign("***", r"^(?:make|gmake|mingw32-make)(?:\[\d+\])?: \*\*\* ", 6.5, M, tool="make"),
    sign("no~rule~to missing~separator recipe~for", r"\*\*\* (?:No rule to make target|missing separator|recipe for target)", 8.5, B, tool="make"),
    sign("cmake~error", r"^CMake Error", 9, B, tool="cmake"),
    sign("***failed ***exception ***timeout", r"\*\*\*(?:Failed|Exception|Timeout|Not Run)", 8.5, tool="ctest"),
    sign("configure:", r"^configure: error: ", 9, tool="autoconf"),
    sign("fail: error:", r"^(?:FAIL|XPASS|ERROR): \S+$", 8.5),
    sign("addresssanitizer runtime~error", r"AddressSanitizer|: runtime error: ", 9, B, tool="sanitizer"),
    sign("error[", r"^error\[E\d{4}\]: ", 9.5, B, tool="rust"),
    sign("error:", r"^error: ", 9, B),
    sign("could~not~compile", r"^error: could not compile ", 8, B, tool="rust"),
    sign("stdout~----", r"^---- .+ stdout ----$", 9, B, tool="rust"),
    sign("panicked~at", r"^thread '.*' (?:\(\d+\) )?panicked at", 9.5, B, tool="rust"),
    sign("...~failed", r"^test .+ \.\.\. FAILED$", 8.5, tool="rust"),
    sign("failures:", r"^failures:$", 5, S, tool="rust"),
    sign("---~fail", r"^\s*--- FAIL: ", 9.5, B, tool="go"),
    sign("panic:", r"^panic: ", 9.5, B, tool="go"),
    sign(".go:", r"^\s*\S+\.go:\d+(?::\d+)?: \S", 8, B, tool="go"),
    sign("fail\t", r"^FAIL\t", 6, tool="go"),
    sign("data~race", r"WARNING: DATA RACE", 9, B, tool="go"),
)

SCRIPTED: Final = (
    sign("failure/error", r"^\s*Failure/Error:", 9, B, tool="rspec"),
    sign("failures: failed~examples", r"^(?:Failures|Failed examples):$", 6, S, tool="rspec"),
    sign("rspec~", r"^rspec '?\./\S+", 9, tool="rspec"),
    sign(")~failure: )~error:", r"^\s*\d+\) (?:Failure|Error):", 9.5, B, tool="minitest"),
    sign(".rb:", r"^\S+\.rb:\d+:in ", 6.5, B, tool="ruby"),
    sign(":~c: :~w: :~e: :~f:", r"^\S+:\d+:\d+: [CWEF]: ", 9, B, tool="rubocop"),
    sign("aborted!", r"^rake aborted!", 8, B, tool="rake"),
    sign("bundler could~not~find", r"Bundler could not find|Could not find gem|Gem::\w+Error", 9, B, tool="bundler"),
    sign("error:", r"^(?:PHP )?(?:Fatal|Parse|Catchable fatal) error: ", 9.5, B, tool="php"),
    sign("there~was there~were", r"^There (?:was|were) \d+ (?:failure|error|warning|risky test)s?:", 7.5, S, tool="phpunit"),
    sign("::", r"^\d+\) [\w\\]+::\w+", 9.5, B, tool="phpunit"),
    sign("failed~asserting", r"Failed asserting that", 9, B, tool="phpunit"),
    sign("|~error", r"^\s*\d+ \| ERROR", 9, tool="phpcs"),
    sign("your~requirements", r"Your requirements could not be resolved", 9, S, tool="composer"),
    sign("failed~test", r"^\s*#\s+Failed (?:\(TODO\) )?test", 9, B, tool="perl"),
    sign("looks~like", r"^# Looks like (?:you|your)", 8, tool="perl"),
    sign("dubious test~summary", r"Dubious, test returned|^Test Summary Report", 7, B, tool="perl"),
    sign("~line~", r" at \S+ line \d+\.?$", 7.5, B, tool="perl"),
    sign("error:~-[", r": error: -\[\w[\w.]* ", 9.7, B, tool="xcode"),
    sign("~failed~**", r"^\*\* (?:TEST|BUILD|ARCHIVE) FAILED \*\*", 6, B, tool="xcode"),
    sign(".hs:", r"^\S+\.hs:\d+:\d+: error", 9.5, B, tool="ghc"),
    sign("while~building exitfailure", r"^--  While building |ExitFailure \d+", 7, B, tool="stack"),
    sign(")~test )~doctest", r"^\s+\d+\) (?:test|doctest) ", 9.5, B, tool="exunit"),
    sign("**~(", r"^\s*\*\* \(\w+", 9, B, tool="elixir"),
    sign("error~in", r"^Error in ", 8.5, B),
    sign("\u2500~", r"\u2500\u2500 (?:\d+\. )?(?:Failure|Error)\b", 9.5, B, tool="testthat"),
    sign("...~error ...~warning ...~failed", r"\.\.\. (?:ERROR|WARNING|FAILED)$", 8, B, tool="r"),
    sign("test~failed~at error~during~test", r"Test Failed at|Error During Test", 9.5, B, tool="julia"),
    sign("failure~ error~", r"^(?:Failure|Error) (?:\u2192|->) ", 9.5, B, tool="busted"),
    sign("[-]", r"^\s*\[-\] \S", 9.5, B, tool="pester"),
    sign("fullyqualifiederrorid", r"FullyQualifiedErrorId", 6, B, tool="powershell"),
    sign("[e]", r"\[E\]$", 9, B, tool="dart"),
    sign(":~line~", r"^\S+: line \d+: ", 8, tool="shell"),
    sign("sc1 sc2 sc3", r"\bSC[123]\d{3}\b", 8, B, tool="shellcheck"),
    sign("~line~", r"^In \S+ line \d+:$", 8.5, B, tool="shellcheck"),
)

PLATFORM: Final = (
    sign("failed~to~solve", r"failed to solve", 8.5, B, tool="docker"),
    sign("error", r"^#\d+ ERROR", 8, B, tool="docker"),
    sign("non-zero~code", r"returned a non-zero code: \d+", 8, M, tool="docker"),
    sign("from~daemon pull~access manifest~unknown", r"Error response from daemon|pull access denied|manifest unknown", 9, tool="docker"),
    sign("error:", r"^[\u2502\u2577\u2575|] *Error: ", 9.5, B, tool="terraform"),
    sign("error:", r"^ *Error: ", 9, B),
    sign(".tf~line", r"on \S+\.tf line \d+", 7, B, tool="terraform"),
    sign("finding: leaks~found ruleid", r"^Finding: |leaks found: [1-9]|^RuleID: ", 8.5, B, tool="gitleaks"),
    sign("total:", r"^Total: [1-9]\d* \((?:UNKNOWN|LOW|MEDIUM|HIGH|CRITICAL)", 7, S, tool="trivy"),
    sign("cve- ghsa-", r"\b(?:CVE-\d{4}-\d+|GHSA(?:-\w{4}){3})\b", 8),
    sign("cve-", r"^\s*[\u2502|].*\bCVE-\d{4}-\d+.*(?:HIGH|CRITICAL|MEDIUM|LOW|UNKNOWN)", 8.5, tool="trivy"),
    sign("\u2717", r"^\s*\u2717 .*\b(?:Low|Medium|High|Critical)(?: Severity|\])", 9.5, B, tool="snyk"),
    sign("known~vulnerabilit", r"[Ff]ound [1-9]\d* (?:known )?vulnerabilit", 8, S, tool="pip-audit"),
    sign("from~server unable~to~recognize error~validating", r"Error from server|unable to recognize|error validating", 9, B, tool="kubectl"),
    sign("backoff errimagepull oomkilled failedscheduling progress~deadline waiting~for~the~condition", r"CrashLoopBackOff|ImagePullBackOff|ErrImagePull|OOMKilled|FailedScheduling|progress deadline|timed out waiting for the condition", 8.5, tool="kubectl"),
    sign("level=fatal level=error", r"\blevel=(?:fatal|error)\b", 8),
    sign("rpc~error application", r"rpc error: code = |Application .* (?:not|Degraded|OutOfSync)", 8.5, tool="argo"),
    sign("comparisonerror syncfailed syncerror degraded", r"ComparisonError|Sync(?:Failed|Error)|\bDegraded\b", 8, tool="argo"),
    sign("upgrade~failed installation~failed", r"Error: (?:INSTALLATION|UPGRADE) FAILED", 9.5, B, tool="helm"),
    sign("fatal:", r"^(?:stderr: )?fatal: ", 9, B, tool="git"),
    sign("conflict~(", r"^CONFLICT \(", 9, tool="git"),
    sign("e:~", r"^E: \S", 8.5, tool="apt"),
    sign("curl:", r"^curl: \(\d+\) ", 8.5, tool="curl"),
    sign("the~command", r'^The command ".*" (?:exited with [1-9]|failed)', 7, M),
    sign("the~command", r"^The command .* failed and exited with [1-9]", 7, M),
    sign("exceeded~the~maximum log~length", r"exceeded the maximum|log length has exceeded", 9),
)

# fmt: on

GRAMMARS: Final[tuple[Sign, ...]] = (*PYTHON, *JVM, *NODE, *NATIVE, *SCRIPTED, *PLATFORM)
