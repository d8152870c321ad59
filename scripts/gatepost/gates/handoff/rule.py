"""
May this value be written over that one? The rule that keeps concurrent writers from losing work.

Each value in the manifests repository has a history: the handoffs that wrote it, and people.

1. The value is already there: nothing to do.
2. The newest handoff of this place wrote another value than the one that stands there now, or nobody
   ever handed off here and the value changed while we were at work: a person set it. It is not
   overwritten; `adopt` says that it may be. A value that was there before the first handoff is adopted
   silently, since every repository starts with one.
3. The newest version handed off here (rollbacks aside) came from a newer source commit: we stand aside.
   Newer means: a descendant, when the source's history is at hand; else the later committer's time;
   within one commit or one second, the higher run number. A tie stands aside.
4. The version was rolled back: the same source commit does not come again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gatepost.clients.git_text import Commit
from gatepost.errors import RefusedError
from gatepost.gates.handoff.provenance import Act, Handoff, Source, handoffs
from gatepost.manifests.places import Change

IsAncestor = Callable[[str, str], "bool | None"]
"""Whether the first source commit is an ancestor of the second; None when that cannot be told."""


class Decision(StrEnum):
    """What the rule says."""

    WRITE = "written"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision with its reason."""

    decision: Decision
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What wants to be written, and what is known around it."""

    source: Source
    is_ancestor: IsAncestor
    first_seen: Mapping[tuple[str, str], str]
    """The values at our first look, by file and identity."""

    adopt: bool = False
    ordered: bool = True
    """Whether source order counts; a rollback or a canary step goes against it on purpose."""


def rule(changes: Sequence[Change], logs: Mapping[str, Sequence[Commit]], incoming: Incoming) -> Ruling:
    """Apply the rule, given each file's commits newest first; raises `RefusedError` for 2 and 4."""
    if all(str(change.new) == change.old for change in changes):
        return Ruling(decision=Decision.UNCHANGED, reason="the manifests already say so")
    for change in changes:
        log = logs[change.path]
        past = [h for h in handoffs(log) if (change.path, change.identity) in h.values]
        if not incoming.adopt:
            refuse_over_a_person(change, past, log, incoming)
        newest = next((h for h in past if h.provenance.act is not Act.ROLLBACK), None)
        if not (incoming.ordered and newest):
            continue
        if past[0].provenance.act is Act.ROLLBACK and not incoming.adopt:
            _refuse_what_was_rolled_back(past[0], newest, incoming.source)
        if why := stands_aside(incoming.source, newest.provenance.source, is_ancestor=incoming.is_ancestor):
            reason = f"{newest.oid[:12]} handed off {_shown(newest.provenance.source)}, {why}"
            return Ruling(decision=Decision.SUPERSEDED, reason=reason)
    return Ruling(decision=Decision.WRITE)


def stands_aside(ours: Source, theirs: Source, *, is_ancestor: IsAncestor) -> str:
    """Return why `ours` is not newer than `theirs`, or nothing when it is."""
    if ours.commit != theirs.commit or not ours.commit:
        if is_ancestor(theirs.commit, ours.commit):
            return ""
        if is_ancestor(ours.commit, theirs.commit):
            return f"a descendant of {_shown(ours)}"
        if ours.at != theirs.at:
            return "" if ours.at > theirs.at else f"which is newer than {_shown(ours)}"
        if ours.run_number > theirs.run_number:
            return ""
        return f"of the same time as {_shown(ours)}, and was first"
    if ours.run_number < theirs.run_number:
        return f"by the later run {theirs.run_number}"
    return ""


def refuse_over_a_person(
    change: Change, past: Sequence[Handoff], log: Sequence[Commit], incoming: Incoming
) -> None:
    """Raise unless the present value is the one that the newest of `past` wrote, or that we first saw."""
    slot = (change.path, change.identity)
    expected = past[0].values[slot].new if past else incoming.first_seen.get(slot, change.old)
    if expected == change.old:
        return
    ours = {h.oid for h in handoffs(log)}
    since = log[: next((i for i, c in enumerate(log) if past and c.oid == past[0].oid), len(log))]
    person = next((c for c in since if c.oid not in ours), None)
    who = f" ({person.oid[:12]} by {person.author})" if person else ""
    raise RefusedError(
        f"{change.path}: {change.identity} was set to {change.old!r} by hand{who} "
        f"after a handoff wrote or saw {expected!r}",
        fix="let a person decide; to go on from here, run the handoff again with `adopt`",
    )


def _refuse_what_was_rolled_back(rollback: Handoff, newest: Handoff, ours: Source) -> None:
    if ours.commit and ours.commit == newest.provenance.source.commit:
        raise RefusedError(
            f"source {ours.commit[:12]} was rolled back by {rollback.oid[:12]}",
            fix="deliver a newer commit; to bring this one back, run the handoff again with `adopt`",
        )


def _shown(source: Source) -> str:
    return f"source {source.commit[:12] or 'unknown'}"
