"""The analyst without a model: the highest sign in a job's evidence decides what kind of failure it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gatepost.analysis.fingerprint import fingerprint
from gatepost.analysis.grouping import group
from gatepost.analysis.reading import Found, highest, lines_of, printed_order, quote, severity
from gatepost.analysis.sign import Hit, Sign
from gatepost.analysis.tools import by_tool
from gatepost.dossier import Dossier
from gatepost.model import Analysis, Cause, Evidence, EvidenceKind, Facts, FailureType, Place

_DETAILS = 8
_PLACES = 3
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
        causes = [read_job(items) for items in _by_subject(dossier.evidence)]
        if not causes:
            causes = [_nothing(dossier)]
        return Analysis(causes=group(causes), author="rules")


def read_job(items: Sequence[Evidence]) -> Cause:
    """Explain one job from its own evidence."""
    codes = {code for item in items if item.facts for code in item.facts.exit_codes[-1:]}
    if found := highest(lines_of(items), codes=codes):
        return _explained([f for f in found if f.hit.sign is found[0].hit.sign], items)
    return _unexplained(items)


def _by_subject(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    groups: dict[str, list[Evidence]] = {}
    for item in evidence:
        if item.kind in (EvidenceKind.REPORT, EvidenceKind.LOG):
            groups.setdefault(item.subject or item.name, []).append(item)
    return list(groups.values())


def _explained(same: Sequence[Found], items: Sequence[Evidence]) -> Cause:
    sign, item = same[0].hit.sign, same[0].line.item
    distinct = _distinct(same)
    lead = next(iter(distinct.values()))
    several = len(distinct) > 1 and sign.many
    template = sign.many if several else sign.title
    shown = [f.line.place for f in same if f.line.item is item and f.line.place >= 0]
    return Cause(
        failure=_in_step(sign, items),
        title=_shortened(lead.says(template, count=len(distinct)), items),
        why=lead.says(sign.why),
        fix=lead.says(sign.fix),
        subjects=_subjects(items),
        places=_places(same, items),
        quotes=(quote(item, shown, context=sign.context),) if shown else (),
        cites=tuple(dict.fromkeys(f.line.item.name for f in same)),
        fingerprint=fingerprint(f"{sign.failure}/{sign.name}", ("\t".join(key) for key in distinct)),
        details=_details(list(distinct.values())) if several else (),
    )


def _distinct(same: Sequence[Found]) -> dict[tuple[str, ...], Hit]:
    """Keep one hit of each failure, the one that says most; the severest first."""
    kept: dict[tuple[str, ...], Found] = {}
    for found in same:
        known = kept.get(found.hit.key)
        if known is None or len(found.hit.values) > len(known.hit.values):
            kept[found.hit.key] = found
    return {key: found.hit for key, found in sorted(kept.items(), key=lambda item: -severity(item[1]))}


def _in_step(sign: Sign, items: Sequence[Evidence]) -> FailureType:
    """Say whose failure a program's uncaught exception is: that of the step it ran in, if the step says."""
    if sign.failure is not FailureType.UNKNOWN or sign.rank < _PROGRAM_STOPPED:
        return sign.failure
    steps = " ".join(item.facts.step for item in items if item.facts)
    kinds = [failure for failure, words in _STEPS.items() if words.search(steps)]
    return kinds[0] if len(kinds) == 1 else FailureType.UNKNOWN


def _shortened(title: str, items: Sequence[Evidence]) -> str:
    """Name files as they are named in the repository, not where the machine had them."""
    for place in (p for i in items if i.facts for p in i.facts.places):
        longer = re.compile(rf"(?<![\w.-])/[\w./@+-]*/{re.escape(place.path)}(?!\w)")
        title = longer.sub(place.path.replace("\\", r"\\"), title)
    return title


def _details(hits: Sequence[Hit]) -> tuple[str, ...]:
    """One point per distinct match, with a count of those left out."""
    points = [point for hit in hits[:_DETAILS] if (point := hit.says(hit.sign.detail))]
    left = len(hits) - _DETAILS
    return (*points, *([f"and {left} more"] if left > 0 and points else []))


def _subjects(items: Sequence[Evidence]) -> tuple[str, ...]:
    """Name the job and those whose logs say the same."""
    return tuple(dict.fromkeys(name for i in items for name in (i.subject or i.name, *i.alike)))


def _places(same: Sequence[Found], items: Sequence[Evidence]) -> tuple[Place, ...]:
    """Name locations inside the repository: those the log reader vouches for, the sign's own first."""
    vouched = list(dict.fromkeys(p for i in items if i.facts for p in i.facts.places))
    own = [(f.hit.values["path"], f.hit.values["line"]) for f in same if f.hit.values["path"]]
    exact = [p for path, line in own for p in vouched if path.endswith(p.path) and line in ("", str(p.line))]
    return tuple(dict.fromkeys([*exact, *vouched]))[:_PLACES]


def _unexplained(items: Sequence[Evidence]) -> Cause:
    """Say what is known where no sign speaks: the tool, else the step, else only that it failed."""
    item = next((i for i in items if i.body), items[0])
    facts = item.facts or Facts()
    failure, tool = by_tool(facts.tools)
    where = f"Step `{facts.step}` failed" if facts.step else f"`{item.subject or item.name}` failed"
    code = f" with exit code {facts.exit_codes[-1]}" if facts.exit_codes else ""
    order = printed_order(item)
    places = [place for place, index in enumerate(order) if index < _UNKNOWN_LINES]
    lines = item.body.split("\n") if item.body else []
    return Cause(
        failure=failure,
        title=f"{where}{code}" + (f" in {tool}" if tool else ""),
        why="" if item.body else item.note,
        fix=_FIX_UNKNOWN if item.body else "",
        subjects=_subjects(items),
        places=_places((), items),
        quotes=(quote(item, places, context=0),) if places else (),
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
