"""What earlier handoffs tell: which version stands where, and which one to go back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gatepost.clients.git_text import Commit
from gatepost.errors import RefusedError
from gatepost.gates.handoff.provenance import Act, Handoff, Provenance, handoffs
from gatepost.gates.handoff.rule import Incoming, refuse_over_a_person
from gatepost.manifests.places import Change

Logs = Mapping[str, Sequence[Commit]]
Values = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """The version to go back to."""

    changes: tuple[Change, ...]
    provenance: Provenance


def standing(changes: Sequence[Change], logs: Logs, *, environment: str) -> Provenance:
    """Return where the version that stands at these places came from; refuses one that no handoff wrote."""
    now = {_slot(change): change.old for change in changes}
    found = _writer(now, _past(changes, logs))
    if found is None:
        raise RefusedError(
            f"{', '.join(now.values())} in {environment} was not written by a handoff: its origin is unknown",
            fix="deliver there first, so that the version carries its source, run and digest",
        )
    return found.provenance


def newest(changes: Sequence[Change], logs: Logs) -> Provenance | None:
    """Return the provenance of the newest handoff of these places, if there was one."""
    past = _past(changes, logs)
    return past[0].provenance if past else None


def last_good(changes: Sequence[Change], logs: Logs, incoming: Incoming) -> Good:
    """
    Return the version before the present one, skipping any that was rolled back itself.

    Where a person has set the value since (and `adopt` allows to go on), that is the last handoff's.
    """
    past = _past(changes, logs)
    now: Values = {_slot(change): change.old for change in changes}
    for change in changes:
        if not incoming.adopt:
            refuse_over_a_person(
                change, [h for h in past if _slot(change) in h.values], logs[change.path], incoming
            )
    bad = [
        {slot: written.old for slot, written in h.values.items()}
        for h in past
        if h.provenance.act is Act.ROLLBACK
    ]
    seen: list[Values] = [now]
    while handoff := _writer(now, past):
        now = {slot: handoff.values[slot].old for slot in now}
        if not any(all(was.get(slot) == now[slot] for slot in now) for was in bad) and now not in seen:
            return _good(changes, now, past)
        if now in seen:
            break
        seen.append(now)
    raise RefusedError(
        f"no earlier version is known for {', '.join(c.identity for c in changes)}",
        fix="deliver a good version instead, or revert the commit by hand",
    )


def _good(changes: Sequence[Change], values: Values, past: Sequence[Handoff]) -> Good:
    origin = _writer(values, past)
    blank = Provenance(act=Act.ROLLBACK, name="", image=_image(values))
    return Good(
        changes=tuple(replace(change, new=values[_slot(change)]) for change in changes),
        provenance=origin.provenance if origin else blank,
    )


def _image(values: Values) -> str:
    """The only value that is a whole reference with a digest; else nothing is known."""
    found = [value for value in values.values() if "/" in value and "@sha256:" in value]
    return found[0] if len(found) == 1 else ""


def _writer(values: Values, past: Sequence[Handoff]) -> Handoff | None:
    """Return the newest handoff, rollbacks aside, that wrote just these values."""
    for handoff in past:
        if handoff.provenance.act in {Act.DELIVER, Act.PROMOTE} and all(
            slot in handoff.values and handoff.values[slot].new == value for slot, value in values.items()
        ):
            return handoff
    return None


def _past(changes: Sequence[Change], logs: Logs) -> list[Handoff]:
    """Return every handoff of any of these places, newest first, once."""
    slots = {_slot(change) for change in changes}
    found = {h.oid: h for path in logs for h in handoffs(logs[path]) if slots & set(h.values)}
    order = {c.oid: -i for path in logs for i, c in enumerate(logs[path])}
    return sorted(found.values(), key=lambda h: -order[h.oid])


def _slot(change: Change) -> tuple[str, str]:
    return change.path, change.identity
