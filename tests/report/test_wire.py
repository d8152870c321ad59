"""The report between two jobs: whole for ours, refused for anything else."""

from __future__ import annotations

import json

import pytest

from gatepost import report
from gatepost.analysis.rules import Rules
from gatepost.errors import ConfigError, RefusedError
from gatepost.model import Analysis, Cause, FailureType, Usage
from gatepost.report.contents import MOST_CAUSES
from gatepost.report.wire import MOST_BYTES
from tests.analysis.making import dossier, log_of

LOGS = [
    log_of("test", "FAILED t.py::test_login - assert 401 == 200", dropped_lines=12, alike=("test (2)",)),
    log_of("lint", "src/app.py:3:1: F401 'os' imported but unused", note="Cut off."),
]


def made(**fields: object) -> report.Report:
    packet = dossier(LOGS)
    analysis = Rules().analyse(packet)
    return report.build(packet, Analysis(causes=analysis.causes, author="m", usage=Usage(input_tokens=9)))


def test_a_report_arrives_as_it_left() -> None:
    sent = made()

    assert report.load(report.dump(sent)) == sent


def test_evidence_itself_stays_behind() -> None:
    packet = dossier([log_of("test", "FAILED t.py::test_x - no\n" + "the rest of the log\n" * 30)])

    data = report.dump(report.build(packet, Rules().analyse(packet)))

    assert data.count(b"the rest of the log") < 20


def test_a_secret_planted_in_a_report_is_blanked_on_both_ways() -> None:
    token = "ghp_" + "a1B2" * 9
    cause = Cause(failure=FailureType.TEST, title=f"uses {token}", why=token, fix="", subjects=(token,))
    packet = dossier(LOGS)

    sent = report.dump(report.build(packet, Analysis(causes=(cause,), author="rules")))
    planted = report.dump(made()).replace(b"assert 401 == 200", token.encode())

    assert token.encode() not in sent
    assert token not in repr(report.load(planted))


def test_more_causes_than_fit_are_counted() -> None:
    cause = Cause(failure=FailureType.TEST, title="x", why="", fix="", subjects=("a",))
    packet = dossier(LOGS)

    sent = report.build(packet, Analysis(causes=(cause,) * (MOST_CAUSES + 2), author="rules"))

    assert len(sent.analysis.causes) == MOST_CAUSES
    assert sent.analysis.notes == ("2 further causes are not shown.",)


def test_texts_of_any_length_are_sent_within_bounds() -> None:
    long = "x y " * 50_000
    cause = Cause(
        failure=FailureType.TEST, title=long, why=long, fix=long, subjects=(long,) * 999, details=(long,) * 99
    )

    data = report.dump(report.build(dossier(LOGS), Analysis(causes=(cause,) * 3, author=long)))

    assert len(data) < MOST_BYTES
    report.load(data)


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(report.dump(made())), **fields}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file"),
        (b"not json", "the file"),
        (b"[]", "the file"),
        (b'{"version": 1}', "causes"),
        (changed(version=2), "version"),
        (changed(post_to="https://example.com"), "post_to"),
        (changed(causes=[]), "causes"),
        (changed(run_id=-1), "run_id"),
        (changed(causes=[{"failure": "party", "title": "x"}]), "failure"),
        (changed(causes=[{"failure": "test", "title": "x" * 500}]), "title"),
        (changed(causes=[{"failure": "test", "title": "x", "fingerprint": "<!-- -->"}]), "fingerprint"),
    ],
    ids=["empty", "words", "list", "bare", "version", "extra", "no cause", "negative", "type", "long", "hex"],
)
def test_what_is_not_ours_is_refused_by_name(data: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match="is not one of ours") as caught:
        report.load(data)

    assert said in caught.value.what


def test_a_report_too_large_is_not_even_parsed() -> None:
    with pytest.raises(RefusedError, match="bytes"):
        report.load(b" " * (MOST_BYTES + 1))


def test_a_report_about_another_run_is_refused() -> None:
    sent = made()
    sent.refuse_unless(repository="acme/shop", run_id=7)

    with pytest.raises(RefusedError, match="run 7 of 'acme/shop', not run 8"):
        sent.refuse_unless(repository="acme/shop", run_id=8)
    with pytest.raises(RefusedError, match="evil/shop"):
        sent.refuse_unless(repository="evil/shop", run_id=7)
