"""A post says cause, where and fix at a glance, and nothing untrusted in it acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.reading import REPOSITORY, faults
from gatepost import report
from gatepost.analysis.rules import Rules
from gatepost.model import (
    Analysis,
    Cause,
    Evidence,
    EvidenceKind,
    FailureType,
    Place,
    Post,
    Quote,
    Run,
    Usage,
)
from gatepost.posts.render import MOST_BYTES, key, render
from gatepost.safety import redact
from gatepost.signals.file import from_log
from tests.analysis.making import AT, SHA, dossier, log_of, run
from tests.safety.attacks import ATTACKS

CAUSE = Cause(
    failure=FailureType.TEST,
    title="`test_login` failed: assert 401 == 200",
    why="The token expired.",
    fix="Renew it in `auth.py`.",
    subjects=("test (3.11)", "test (3.12)"),
    places=(Place(path="src/auth.py", line=42),),
    quotes=(
        Quote(
            evidence="log:test",
            text=redact("E   assert 401 == 200\nFAILED t.py::test_login"),
            line_numbers=(120, 130),
            url="https://github.com/acme/shop/actions/runs/7/job/9",
        ),
    ),
    cites=("log:test",),
    fingerprint="ab12",
)


def post_of(*causes: Cause, signal: Run | None = None, **fields: object) -> Post:
    known: dict[str, object] = {"causes": causes or (CAUSE,), "author": "rules", **fields}
    made = report.build(dossier([log_of("test", "x", dropped_lines=1234)]), Analysis(**known))  # type: ignore[arg-type]
    return render(made, signal=signal or run())


def test_the_first_lines_are_cause_where_fix_why() -> None:
    lines = [line for line in post_of().body.split("\n") if line]

    assert lines[0] == "### ❌ **test** · `test_login` failed: assert 401 == 200"
    assert lines[1].startswith("- **Where:** [`src/auth.py:42`]")
    assert lines[2] == "- **Fix:** Renew it in `auth.py`."
    assert lines[3].startswith("- **Why:**")
    assert lines[4] == "- **Jobs:** 2: `test (3.11)`, `test (3.12)`"


def test_a_place_links_to_its_line_at_the_failing_commit() -> None:
    assert f"(https://github.com/acme/shop/blob/{SHA}/src/auth.py#L42)" in post_of().body


def test_evidence_is_folded_and_numbered_with_its_gap() -> None:
    body = post_of().body

    assert "<details>" in body
    assert "lines 120–130" in body
    assert "120  E   assert 401 == 200\n  ⋮\n130  FAILED t.py::test_login" in body
    assert "[Open the original](https://github.com/acme/shop/actions/runs/7/job/9)" in body


def test_what_was_cut_and_who_read_it_is_said() -> None:
    by_rules, by_model = (
        post_of(),
        post_of(author="some-model", usage=Usage(input_tokens=4210, output_tokens=320)),
    )

    assert "1,234 further lines" in by_rules.body
    assert "read by rules, without a model" in by_rules.body
    assert "read by `some-model`, for 4,210 tokens in and 320 out" in by_model.body


def test_notes_are_shown() -> None:
    assert "> Without a model: no answer." in post_of(notes=("Without a model: no answer.",)).body


def test_an_unsupported_cause_is_shown_as_such() -> None:
    assert "Unsupported" in post_of(replace(CAUSE, cites=())).body
    assert "Unsupported" not in post_of().body


def test_a_model_s_own_doubt_is_shown() -> None:
    assert (
        "**Unsure:** the model gives its own explanation 30%" in post_of(replace(CAUSE, confidence=0.3)).body
    )
    assert "Unsure" not in post_of(replace(CAUSE, confidence=0.8)).body


def test_several_causes_are_one_post_with_counts() -> None:
    post = post_of(CAUSE, replace(CAUSE, failure=FailureType.LINT, title="E501", subjects=("lint",)))

    assert post.body.startswith("### ❌ ci failed: 2 causes in 3 jobs")
    assert post.failures == (FailureType.TEST, FailureType.LINT)


def test_hundreds_of_causes_stay_one_post_under_githubs_limit() -> None:
    causes = [
        replace(CAUSE, title=f"cause {n}", why="so " * 1000, fix="do " * 1000, details=("x y " * 500,) * 15)
        for n in range(300)
    ]

    post = post_of(*causes)

    assert len(post.body.encode()) <= MOST_BYTES
    assert "260 further causes are not shown" in post.body or "Cut here" in post.body


FIELDS = {
    "title": lambda text: replace(CAUSE, title=text),
    "why": lambda text: replace(CAUSE, why=text),
    "fix": lambda text: replace(CAUSE, fix=text),
    "job": lambda text: replace(CAUSE, subjects=(text,)),
    "detail": lambda text: replace(CAUSE, details=(text,)),
    "place": lambda text: replace(CAUSE, places=(Place(path=text, line=1),)),
    "evidence": lambda text: replace(CAUSE, quotes=(Quote(evidence=text, text=redact("x")),)),
    "quote": lambda text: replace(CAUSE, quotes=(Quote(evidence="log:test", text=redact(text)),)),
}


@pytest.mark.parametrize("kind", ATTACKS)
@pytest.mark.parametrize("field", FIELDS)
def test_no_attack_acts_from_any_field(field: str, kind: str) -> None:
    own = run(repository=REPOSITORY, url=f"https://github.com/{REPOSITORY}/actions/runs/7")

    for attack in ATTACKS[kind]:
        assert not faults(post_of(FIELDS[field](attack), signal=own).body), attack


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        (f"https://github.com/acme/shop/compare/{SHA}...{SHA[::-1]}", True),
        (f"https://github.com/acme/shop/compare/{SHA}...{SHA[::-1]}?expand=1", False),
        (f"https://evil.example/acme/shop/compare/{SHA}...{SHA[::-1]}", False),
        ("https://github.com/acme/shop/actions/runs/6", False),
    ],
)
def test_what_changed_since_the_run_passed_is_one_link_away(source: str, linked: bool) -> None:
    changes = Evidence(name="changes", kind=EvidenceKind.CHANGES, body=redact("commits: 1"), source=source)
    made = report.build(dossier([changes]), Analysis(causes=(CAUSE,), author="rules"))

    assert (f"[what changed since it passed]({source})" in render(made, signal=run()).body) is linked


def test_a_link_outside_the_repository_is_left_out() -> None:
    quote = Quote(evidence="log:test", text=redact("x"), url="https://evil.example/acme/shop/actions")

    assert "evil.example" not in post_of(replace(CAUSE, quotes=(quote,))).body


def test_branch_and_workflow_names_cannot_act_either() -> None:
    signal = run(branch="x`](https://evil.example)@acme/security", workflow="@acme/security #1 <img src=x>")

    post = post_of(CAUSE, replace(CAUSE, title="other"), signal=signal)

    assert "@acme/security #1 <img" not in post.body
    assert "](https://evil.example)" not in post.body


def test_one_workflow_is_one_conversation() -> None:
    assert key(run()) == key(run(run_id=8, branch="other", head_sha="1" * 40))
    assert key(run()) != key(run(workflow_path=".github/workflows/docs.yml"))
    assert key(run()) != key(run(repository="acme/other"))


def test_a_local_log_is_rendered_without_a_repository() -> None:
    packet = dossier([log_of("test", "FAILED t.py::test_x - no")])
    signal = from_log("build.log", at=AT)
    analysis = Rules().analyse(packet)

    post = render(report.build(replace(packet, signal=signal), analysis), signal=signal)

    assert post.title == "build.log: test_x failed: no"
    assert "build.log" in post.body
    assert "](http" not in post.body
