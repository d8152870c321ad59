"""The rules decide from what tools really print, and say "unknown" where nothing decides."""

from __future__ import annotations

import pytest

from gatepost.analysis.rules import Rules
from gatepost.analysis.signs import SIGNS
from gatepost.model import Cause, Evidence, EvidenceKind, Facts, FailureType, Place
from gatepost.safety import redact
from tests.analysis.making import dossier, log_of

CASES = [
    # tests
    (FailureType.TEST, "FAILED tests/test_a.py::test_x[1-2] - assert 1 == 2", "test_x[1-2]"),
    (FailureType.TEST, "ERROR tests/test_a.py::test_x - RuntimeError: no database", "no database"),
    (FailureType.TEST, "FAIL: test_sum (tests.test_calc.CalcTest)", "test_sum"),
    (FailureType.TEST, "[ERROR]   CalcTest.adds:12 expected: <4> but was: <5>", "CalcTest adds"),
    (FailureType.TEST, "CalcTest > adds two numbers FAILED", "adds two numbers"),
    (FailureType.TEST, "  ● Calculator › adds two numbers", "adds two numbers"),
    (FailureType.TEST, "not ok 3 - parses an empty file", "parses an empty file"),
    (FailureType.TEST, "--- FAIL: TestSum/negative (0.00s)", "TestSum/negative"),
    (FailureType.TEST, "test parser::tests::empty ... FAILED", "parser::tests::empty"),
    (FailureType.TEST, "rspec ./spec/sum_spec.rb:4 # Sum adds", "Sum adds"),
    (FailureType.TEST, "  Failed Calc.Tests.Adds [12 ms]", "Calc.Tests.Adds"),
    (FailureType.TEST, "1) App\\Tests\\SumTest::testAdds", "testAdds"),
    (FailureType.TEST, "[  FAILED  ] SumTest.Adds (0 ms)", "SumTest.Adds"),
    (FailureType.TEST, "FAIL Required test coverage of 80% not reached. Total coverage: 71.30%", "71.30%"),
    # checks
    (FailureType.LINT, "src/app.py:3:1: F401 'os' imported but unused", "F401"),
    (FailureType.LINT, "would reformat src/app.py", "src/app.py"),
    (
        FailureType.LINT,
        'app.py:9: error: Incompatible return value type (got "int")  [return-value]',
        "Type error",
    ),
    (
        FailureType.LINT,
        "  4:10  error  'x' is assigned a value but never used  no-unused-vars",
        "no-unused-vars",
    ),
    (FailureType.LINT, "lib/a.rb:3:5: C: Layout/IndentationWidth: Use 2 spaces", "Layout/IndentationWidth"),
    (
        FailureType.LINT,
        "Dockerfile:3 DL3006 warning: Always tag the version of an image explicitly",
        "DL3006",
    ),
    (
        FailureType.SAST,
        ">> Issue: [B602:subprocess_popen_with_shell_equals_true] subprocess call with shell=True",
        "B602",
    ),
    (FailureType.SAST, "Ran 12 rules on 4 files: 2 findings.", "Semgrep"),
    (FailureType.SECRETS, "RuleID:      aws-access-token", "aws-access-token"),
    (FailureType.SCA, "jinja2 3.0.1 PYSEC-2024-12 3.1.3", "Raise `jinja2` to 3.1.3"),
    (
        FailureType.SCA,
        "│ openssl │ CVE-2024-1111 │ HIGH │ fixed │ 3.0.1 │ 3.0.2 │ openssl: a flaw │",
        "to 3.0.2",
    ),
    (
        FailureType.CONTAINER,
        'ERROR: failed to solve: process "/bin/sh -c pip install ." did not complete: exit code: 1',
        "pip install",
    ),
    (FailureType.CONTAINER, "manifest for acme/base:9 not found: manifest unknown", "acme/base:9"),
    # machine reports, as the evidence words them
    (FailureType.SAST, "src/run.py:4: bandit B602: subprocess call with shell=True", "B602"),
    (FailureType.SAST, "src/run.py:4: semgrep oss python.lang.shell-true: no shell", "shell-true"),
    (FailureType.SECRETS, "conf/a.env:1: gitleaks generic-api-key: a key", "generic-api-key"),
    (FailureType.SCA, "requirements.txt:3: trivy CVE-2026-1234: jinja2 is vulnerable", "CVE-2026-1234"),
    (FailureType.LINT, "src/run.py:9: ruff F401: unused import", "F401"),
    (FailureType.TEST, "Cart view > adds an item FAILED", "adds an item"),
    # models
    (FailureType.MODEL_VALIDATION, "accuracy 0.81 is below the threshold of 0.85", "0.81"),
    (FailureType.MODEL_VALIDATION, "Validation failed: f1_score=0.62 < 0.70", "f1_score"),
    (FailureType.MODEL_VALIDATION, "rmse 4.2 exceeds the maximum 3.5", "4.2"),
    (
        FailureType.TRAINING,
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "batch size",
    ),
    (FailureType.TRAINING, "ValueError: Input X contains NaN.", "NaN"),
    (
        FailureType.TRAINING,
        "ValueError: Found input variables with inconsistent numbers of samples: [90, 100]",
        "samples",
    ),
    # dependencies and builds
    (FailureType.DEPENDENCY, "ModuleNotFoundError: No module named 'polars'", "requirements"),
    (FailureType.DEPENDENCY, "ERROR: No matching distribution found for torhc==2.9", "torhc==2.9"),
    (FailureType.DEPENDENCY, "npm ERR! code ERESOLVE", "ERESOLVE"),
    (
        FailureType.DEPENDENCY,
        "go: example.com/lib@v1.2.3: invalid version: unknown revision v1.2.3",
        "example.com/lib@v1.2.3",
    ),
    (FailureType.DEPENDENCY, "error: no matching package named `serdee` found", "serdee"),
    (FailureType.BUILD, "src/main.c:12:5: error: expected ';' before 'return'", "src/main.c"),
    (
        FailureType.BUILD,
        "src/app.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
        "TS2322",
    ),
    (FailureType.BUILD, "error[E0308]: mismatched types", "E0308"),
    (
        FailureType.BUILD,
        "[ERROR] /home/runner/work/a/a/src/A.java:[4,9] cannot find symbol",
        "cannot find symbol",
    ),
    (FailureType.BUILD, "main.o: undefined reference to `compute'", "compute"),
    (FailureType.BUILD, "make: *** No rule to make target 'tset'.  Stop.", "tset"),
    # deployments
    (FailureType.DEPLOY, "Error from server (Forbidden): deployments.apps is forbidden", "Forbidden"),
    (FailureType.DEPLOY, 'error: deployment "api" exceeded its progress deadline', "api"),
    (FailureType.DEPLOY, "Error: UPGRADE FAILED: another operation is in progress", "UPGRADE FAILED"),
    (
        FailureType.DEPLOY,
        "ComparisonError: failed to load target state: path apps/api does not exist",
        "apps/api",
    ),
    (FailureType.DEPLOY, "│ Error: Unsupported argument", "Unsupported argument"),
    # the platform
    (
        FailureType.WORKFLOW,
        ".github/workflows/ci.yml (Line: 12, Col: 9): Unexpected value 'step'",
        "Unexpected value",
    ),
    (
        FailureType.WORKFLOW,
        "Unable to resolve action `actions/chekout@v4`, repository not found",
        "actions/chekout@v4",
    ),
    (FailureType.WORKFLOW, "Error: Input required and not supplied: token", "`token`"),
    (FailureType.WORKFLOW, "Error: Resource not accessible by integration", "permissions"),
    (FailureType.INFRASTRUCTURE, "OSError: [Errno 28] No space left on device", "disk"),
    (FailureType.INFRASTRUCTURE, "##[error]Process completed with exit code 137.", "memory"),
    (
        FailureType.INFRASTRUCTURE,
        "curl: (6) Could not resolve host: mirror.example.com",
        "mirror.example.com",
    ),
    (
        FailureType.INFRASTRUCTURE,
        "ConnectionError: HTTPSConnectionPool(host='s3.example.com', port=443): Max retries exceeded",
        "s3.example.com",
    ),
    (FailureType.INFRASTRUCTURE, "error: RPC failed; The requested URL returned error: 503", "503"),
    (FailureType.INFRASTRUCTURE, "##[error]The runner has received a shutdown signal.", "runner"),
    (
        FailureType.TIMEOUT,
        "The job has exceeded the maximum execution time of 360 minutes.",
        "360 minutes",
    ),
    (FailureType.TIMEOUT, "panic: test timed out after 10m0s", "10m0s"),
    (FailureType.TIMEOUT, "E   Failed: Timeout >300.0s", "300.0s"),
]


@pytest.mark.parametrize(("failure", "line", "said"), CASES, ids=[line[:60] for _, line, _ in CASES])
def test_a_tool_s_own_words_decide(failure: FailureType, line: str, said: str) -> None:
    cause = only(line)

    assert cause.failure is failure
    assert said in f"{cause.title} {cause.why} {cause.fix}"
    assert cause.fix
    assert cause.supported
    assert line in cause.quotes[0].text


@pytest.mark.parametrize("failure", [f for f in FailureType if f is not FailureType.UNKNOWN])
def test_every_failure_type_can_be_decided(failure: FailureType) -> None:
    assert any(failure is case[0] for case in CASES)


def test_a_connection_error_inside_a_failing_test_stays_a_test_failure() -> None:
    refused = "ConnectionRefusedError: [Errno 111] Connection refused"

    cause = only(f"{refused}\nFAILED tests/t.py::test_api - {refused}")

    assert cause.failure is FailureType.TEST
    assert "flaky" not in f"{cause.title}{cause.why}{cause.fix}".lower()


def test_a_failing_test_on_a_full_disk_is_a_full_disk() -> None:
    cause = only("FAILED tests/t.py::test_io - OSError\nOSError: [Errno 28] No space left on device")

    assert cause.failure is FailureType.INFRASTRUCTURE


def test_the_count_an_installer_prints_in_passing_is_not_the_cause() -> None:
    cause = only("3 vulnerabilities (2 moderate, 1 high)\n  ● Cart › adds an item")

    assert cause.failure is FailureType.TEST


def test_a_probe_for_a_missing_command_is_not_the_cause() -> None:
    probed = only("build.sh: line 3: gsed: command not found", exit_codes=(1,))
    missing = only("build.sh: line 3: gsed: command not found", exit_codes=(127,))

    assert probed.failure is FailureType.UNKNOWN
    assert missing.failure is FailureType.BUILD
    assert "gsed" in missing.title


def test_what_no_sign_explains_is_unknown_and_still_quoted() -> None:
    cause = only("the flux capacitor is misaligned", exit_codes=(3,), step="Calibrate")

    assert cause.failure is FailureType.UNKNOWN
    assert "Calibrate" in cause.title
    assert "exit code 3" in cause.title
    assert "flux capacitor" in cause.quotes[0].text


def test_a_known_tool_names_the_kind_when_no_line_does() -> None:
    assert only("something is off", tools=("github", "flake8")).failure is FailureType.LINT


def test_an_unreadable_log_is_said_so() -> None:
    gone = Evidence(
        name="log:test",
        kind=EvidenceKind.LOG,
        body=redact(""),
        source="",
        note="The log has expired.",
        subject="test",
    )

    [cause] = Rules().analyse(dossier([gone])).causes

    assert cause.failure is FailureType.UNKNOWN
    assert cause.why == "The log has expired."
    assert cause.cites == ("log:test",)


def test_nothing_to_read_is_one_unknown_cause() -> None:
    [cause] = Rules().analyse(dossier([])).causes

    assert cause.failure is FailureType.UNKNOWN


def test_several_findings_are_counted_and_listed() -> None:
    cause = only("a.py:1:1: F401 x\nb.py:2:1: F401 y\nc.py:3:80: E501 z")

    assert cause.title.startswith("3 lint findings")
    assert len(cause.details) == 3


def test_the_severest_finding_leads() -> None:
    cause = only(
        ">> Issue: [B404:blacklist] Consider the implications\n   Severity: Low   Confidence: High\n"
        ">> Issue: [B602:shell_true] subprocess call with shell=True\n   Severity: High   Confidence: High"
    )

    assert "B602" in cause.title
    assert "nosec B602" in cause.fix
    assert len(cause.details) == 2


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        ("Train the model", FailureType.TRAINING),
        ("python train.py", FailureType.TRAINING),
        ("Deploy to staging", FailureType.DEPLOY),
        ("Train and test", FailureType.UNKNOWN),
        ("Constrain versions", FailureType.UNKNOWN),
    ],
)
def test_an_uncaught_exception_is_the_failure_of_the_step_it_stopped(step: str, failure: FailureType) -> None:
    assert only("FileNotFoundError: [Errno 2] No such file: 'data.csv'", step=step).failure is failure


def test_a_file_with_one_failing_test_is_one_failure() -> None:
    cause = only(" FAIL  src/cart.test.js\n  ● Cart › adds an item\n")

    assert cause.title == "Cart › adds an item failed"


def test_a_file_of_tests_that_names_none_is_a_failure_all_the_same() -> None:
    assert only(" FAIL  src/cart.test.js\n").title == "`src/cart.test.js` failed"


def test_a_quote_prefers_what_decides_to_what_stands_around_it() -> None:
    noise = [f"fetching part {n}" for n in range(9)]
    lines = [*noise, "##[group]Run flake8", "a.py:1:1: F401 'os' imported but unused", "#####", *noise]

    quoted = only("\n".join(lines)).quotes[0]

    assert "F401" in quoted.text
    assert "group" not in quoted.text
    assert "#####" not in quoted.text
    assert quoted.text.count("\n") < 7


def test_lines_are_quoted_in_the_order_of_the_log_whatever_their_rank() -> None:
    best_first = log_of(
        "test", "FAILED t.py::test_x - assert 0\n    assert 0\n>   x = 1", line_numbers=(30, 11, 10)
    )

    [cause] = Rules().analyse(dossier([best_first])).causes

    assert cause.quotes[0].line_numbers == (10, 11, 30)


def test_only_places_inside_the_repository_are_named() -> None:
    facts = Facts(places=(Place(path="src/main.c", line=12),))
    item = log_of(
        "build", "/builds/x/src/main.c:12:5: error: oops\n/usr/include/a.h:3:1: error: no", facts=facts
    )

    [cause] = Rules().analyse(dossier([item])).causes

    assert cause.places == (Place(path="src/main.c", line=12),)
    assert "/builds/x" not in cause.title


def test_a_machine_report_speaks_before_the_log() -> None:
    junit = Evidence(
        name="report:junit",
        kind=EvidenceKind.REPORT,
        body=redact("FAILED tests/t.py::test_from_report - assert 0"),
        source="",
        subject="test",
    )

    [cause] = Rules().analyse(dossier([log_of("test", "FAILED tests/t.py::test_x - no"), junit])).causes

    assert cause.quotes[0].evidence == "report:junit"


@pytest.mark.parametrize("sign", SIGNS, ids=lambda s: s.name)
def test_signs_are_told_apart_and_stay_quick_on_hostile_lines(sign) -> None:
    assert [s.name for s in SIGNS].count(sign.name) == 1
    for line in ("a" * 1000, " " * 1000, "accuracy " * 110, "1:1: " * 200, "│ " * 500, "x > " * 250):
        for pattern in sign.patterns:
            pattern.search(line)


def only(text: str, **facts: object) -> Cause:
    item = log_of("test", text, facts=Facts(**facts))  # type: ignore[arg-type]
    [cause] = Rules().analyse(dossier([item])).causes
    return cause
