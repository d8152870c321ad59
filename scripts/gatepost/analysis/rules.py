"""The analyst without a model: the highest sign in a job's evidence decides what kind of failure it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from gatepost.analysis.assertion import in_full
from gatepost.analysis.fingerprint import fingerprint
from gatepost.analysis.grouping import group
from gatepost.analysis.reading import Found, Line, highest, lines_of, printed_order, quote, severity
from gatepost.analysis.sign import Hit, Sign
from gatepost.analysis.tools import by_tool
from gatepost.analysis.where import places, shortened, shown_files
from gatepost.dossier import Dossier
from gatepost.model import Analysis, Cause, Evidence, EvidenceKind, Facts, FailureType

_DETAILS = 8
_UNKNOWN_LINES = 8
_PROGRAM_STOPPED = 40
_STEPS = {
    FailureType.TRAINING: re.compile(r"(?<![a-z])(?:re)?train(?:ing|er)?(?![a-z])", re.IGNORECASE),
    FailureType.DEPLOY: re.compile(r"(?<![a-z])(?:deploy(?:ment)?|rollout)(?![a-z])", re.IGNORECASE),
    FailureType.TEST: re.compile(r"(?<![a-z])tests?(?![a-z])", re.IGNORECASE),
    FailureType.BUILD: re.compile(r"(?<![a-z])(?:build|compile)(?![a-z])", re.IGNORECASE),
}
_FIX_UNKNOWN = "Read the quoted lines; they are the ones that stand out most in the log."


class Rules:
    """Decides from the table in `analysis.signs`; says "unknown" where no sign speaks."""

    def analyse(self, dossier: Dossier) -> Analysis:
        """Read each job's evidence, then merge the jobs that failed for the same reason."""
        files = shown_files(dossier.evidence)
        causes = [read_job(items, files=files) for items in _by_subject(dossier.evidence)]
        if not causes:
            causes = [_nothing(dossier)]
        return Analysis(causes=group(causes), author="rules")


def read_job(items: Sequence[Evidence], *, files: Collection[str] = ()) -> Cause:
    """Explain one job from its own evidence; `files` are known to be in the repository."""
    codes = {code for item in items if item.facts for code in item.facts.exit_codes[-1:]}
    if found := highest(lines_of(items), codes=codes):
        return _explained([f for f in found if f.hit.sign is found[0].hit.sign], items, files)
    return _unexplained(items, files)


def _by_subject(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    groups: dict[str, list[Evidence]] = {}
    for item in evidence:
        if item.kind in (EvidenceKind.REPORT, EvidenceKind.LOG):
            groups.setdefault(item.subject or item.name, []).append(item)
    return list(groups.values())


def _explained(same: Sequence[Found], items: Sequence[Evidence], files: Collection[str]) -> Cause:
    sign, item = same[0].hit.sign, same[0].line.item
    distinct = _distinct(same)
    told = [in_full(found, _beside(found)) for found in list(distinct.values())[:_DETAILS]]
    hits = [*(one.found.hit for one in told), *(f.hit for f in list(distinct.values())[_DETAILS:])]
    several = len(hits) > 1 and sign.many
    template = sign.many if several else sign.title
    proof = [line.place for one in told for line in (*one.proof, one.found.line) if line.item is item]
    shown = [place for place in (*proof, *(f.line.place for f in same if f.line.item is item)) if place >= 0]
    proven = any(one.proof for one in told)
    return Cause(
        failure=_in_step(sign, items),
        title=shortened(hits[0].says(template, count=len(hits)), items),
        why=hits[0].says(sign.why),
        fix=hits[0].says(sign.fix),
        subjects=_subjects(items),
        places=places(same, items, raised=[one.place for one in told], files=files),
        quotes=(quote(item, shown, context=0 if proven else sign.context),) if shown else (),
        cites=tuple(dict.fromkeys(f.line.item.name for f in same)),
        fingerprint=fingerprint(f"{sign.failure}/{sign.name}", ("\t".join(key) for key in distinct)),
        details=_details(hits) if several else (),
    )


def _beside(found: Found) -> list[Line]:
    return [line for line in lines_of([found.line.item]) if line.place >= 0]


def _distinct(same: Sequence[Found]) -> dict[tuple[str, ...], Found]:
    """Keep one hit of each failure, the one that says most; the severest first. A test outranks its file."""
    kept: dict[tuple[str, ...], Found] = {}
    named = [found for found in same if found.hit.values["test"]]
    for found in named or same:
        known = kept.get(found.hit.key)
        if known is None or len(found.hit.values) > len(known.hit.values):
            kept[found.hit.key] = found
    return dict(sorted(kept.items(), key=lambda item: -severity(item[1])))


def _in_step(sign: Sign, items: Sequence[Evidence]) -> FailureType:
    """Say whose failure a program's uncaught exception is: that of the step it ran in, if the step says."""
    if sign.failure is not FailureType.UNKNOWN or sign.rank < _PROGRAM_STOPPED:
        return sign.failure
    steps = " ".join(item.facts.step for item in items if item.facts)
    kinds = [failure for failure, words in _STEPS.items() if words.search(steps)]
    return kinds[0] if len(kinds) == 1 else FailureType.UNKNOWN


def _details(hits: Sequence[Hit]) -> tuple[str, ...]:
    """One point per distinct match, with a count of those left out."""
    points = [point for hit in hits[:_DETAILS] if (point := hit.says(hit.sign.detail))]
    left = len(hits) - _DETAILS
    return (*points, *([f"and {left} more"] if left > 0 and points else []))


def _subjects(items: Sequence[Evidence]) -> tuple[str, ...]:
    """Name the job and those whose logs say the same."""
    return tuple(dict.fromkeys(name for i in items for name in (i.subject or i.name, *i.alike)))


def _unexplained(items: Sequence[Evidence], files: Collection[str]) -> Cause:
    """Say what is known where no sign speaks: the tool, else the step, else only that it failed."""
    item = next((i for i in items if i.body), items[0])
    facts = item.facts or Facts()
    failure, tool = by_tool(facts.tools)
    where = f"Step `{facts.step}` failed" if facts.step else f"`{item.subject or item.name}` failed"
    code = f" with exit code {facts.exit_codes[-1]}" if facts.exit_codes else ""
    order = printed_order(item)
    best = [place for place, index in enumerate(order) if index < _UNKNOWN_LINES]
    lines = item.body.split("\n") if item.body else []
    return Cause(
        failure=failure,
        title=f"{where}{code}" + (f" in {tool}" if tool else ""),
        why="" if item.body else item.note,
        fix=_FIX_UNKNOWN if item.body else "",
        subjects=_subjects(items),
        places=places((), items, files=files),
        quotes=(quote(item, best, context=0),) if best else (),
        cites=(item.name,),
        fingerprint=fingerprint(f"{failure}/{tool}", lines[:3] or [facts.step, item.note]),
    )


def _nothing(dossier: Dossier) -> Cause:
    """Stand for a run that left nothing to read."""
    return Cause(
        failure=FailureType.UNKNOWN,
        title="The run failed and left no log to read",
        why=" ".join(dict.fromkeys(e.note for e in dossier.evidence if e.note)),
        fix="",
        subjects=(),
        cites=tuple(e.name for e in dossier.evidence),
        fingerprint=fingerprint("unknown/nothing", [dossier.signal.subject]),
    )
