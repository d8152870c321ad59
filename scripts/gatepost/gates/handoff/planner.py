"""From a request and a snapshot of the manifests repository to the bytes to commit, for each act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from gatepost.errors import ConfigError
from gatepost.gates.handoff import bluegreen, canary
from gatepost.gates.handoff.past import Good, last_good, newest, standing
from gatepost.gates.handoff.provenance import Act, Provenance, message
from gatepost.gates.handoff.request import Exact, Request, Strategy
from gatepost.gates.handoff.rule import Decision, Incoming, IsAncestor, rule
from gatepost.gates.handoff.writer import Plan, Snapshot
from gatepost.manifests.images import DIGEST, Image
from gatepost.manifests.places import Change, Document, Place, Release
from gatepost.manifests.search import Scope, apply, find, named, needles, parse, version_for

_PROBE = "sha256:" + "0" * 64

Check = Callable[[Provenance], None]
"""Raises unless the image of a version is in its registry."""


@dataclass(slots=True, kw_only=True)
class Planner:
    """Plans one request, again on every snapshot it is shown; remembers what it saw first."""

    request: Request
    is_ancestor: IsAncestor
    check: Check
    provenance: Provenance = field(init=False)
    """Of what was planned last; a promotion or a rollback learns it from the repository."""

    _seen: dict[tuple[str, str], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Start from what the caller knows."""
        self.provenance = self.request.provenance

    def plan(self, snapshot: Snapshot) -> Plan:
        """Plan on `snapshot`; raises a `GatepostError` when the request cannot be done there."""
        act = self.request.provenance.act
        blue_green = self.request.strategy is Strategy.BLUE_GREEN
        if act is Act.ADVANCE:
            changes = self._advance(snapshot)
        elif act is Act.SWITCH or (act is Act.ROLLBACK and blue_green):
            changes = self._switch(snapshot)
        elif act is Act.ROLLBACK:
            changes = self._roll_back(snapshot)
        else:
            changes = self._deliver(snapshot)
        return self._decide(snapshot, changes, ordered=act in {Act.DELIVER, Act.PROMOTE})

    def _decide(self, snapshot: Snapshot, changes: Sequence[Change], *, ordered: bool) -> Plan:
        for change in changes:
            self._seen.setdefault((change.path, change.identity), change.old)
        incoming = self._incoming(ordered=ordered)
        ruling = rule(changes, snapshot.logs(changes), incoming)
        if ruling.decision is not Decision.WRITE:
            return Plan(decision=ruling.decision, reason=ruling.reason, changes=tuple(changes))
        self.check(self.provenance)
        files = {path: self._file(snapshot, path) for path in dict.fromkeys(c.path for c in changes)}
        return Plan(
            decision=Decision.WRITE, changes=tuple(changes), files=apply(files, changes),
            message=message(self.provenance, changes),
        )  # fmt: skip

    def _incoming(self, *, ordered: bool) -> Incoming:
        return Incoming(
            source=self.provenance.source, is_ancestor=self.is_ancestor, first_seen=self._seen,
            adopt=self.request.adopt, ordered=ordered,
        )  # fmt: skip

    def _deliver(self, snapshot: Snapshot) -> list[Change]:
        request, release = self.request, self.request.release
        if request.provenance.act is Act.PROMOTE:
            release = self._promoted(snapshot)
        if request.exact:
            return self._exactly(snapshot, request.exact, release)
        if request.strategy is Strategy.BLUE_GREEN:
            return list(self._idle(snapshot, release).changes)
        return self._found(snapshot, release, scope=request.scope) + self._traffic(snapshot)

    def _traffic(self, snapshot: Snapshot) -> list[Change]:
        """Set the share of traffic that the strategy asks for."""
        request, service = self.request, self._service
        documents = self._documents(snapshot, canary.SETTING, scope=request.scope)
        if request.strategy is Strategy.CANARY:
            everywhere = self._documents(snapshot, canary.MODE, scope=Scope())
            canary.require_traffic_split(everywhere, service=service)
            return [canary.share(documents, service=service, percent=request.canary_steps[0])]
        found = canary.percent_of(documents, service=service)
        if found is None or found[1] == 100:
            return []
        if request.strategy is Strategy.IMMEDIATE:
            return [canary.share(documents, service=service, percent=100)]
        raise ConfigError(
            f"a canary of {service} is under way with {found[1]} % of the traffic",
            fix="finish it with `advance`, end it with `rollback`, or deliver with the strategy immediate",
        )

    def _advance(self, snapshot: Snapshot) -> list[Change]:
        service = self._service
        documents = self._documents(snapshot, canary.SETTING, scope=self.request.scope)
        found = canary.percent_of(documents, service=service)
        percent = canary.next_step(found[1], self.request.canary_steps) if found else 0
        change = canary.share(documents, service=service, percent=percent)
        self._inherit(snapshot, [change])
        return [change]

    def _switch(self, snapshot: Snapshot) -> list[Change]:
        documents = self._coloured(snapshot)
        change = bluegreen.selector(documents, service=self._service)
        if self.request.release.image:
            self._inherit(snapshot, self._idle(snapshot, self._probe()).changes)
        return [change]

    def _roll_back(self, snapshot: Snapshot) -> list[Change]:
        exact, probe = self.request.exact, self._probe()
        if exact:
            changes = self._exactly(snapshot, exact, probe)
        else:
            changes = self._found(snapshot, probe, scope=self.request.scope)
        logs = snapshot.logs(changes)
        good = last_good(changes, logs, self._incoming(ordered=False))
        self._become(good.provenance if good.provenance.image else self._restored(good))
        documents = self._documents(snapshot, canary.SETTING, scope=self.request.scope)
        traffic = []
        if canary.percent_of(documents, service=self._service):
            traffic = [canary.share(documents, service=self._service, percent=100)]
        return [*good.changes, *traffic]

    def _restored(self, good: Good) -> Provenance:
        """Name the image gone back to where no handoff tells: a bare digest lacks its repository."""
        image = self.request.release.image
        digest = DIGEST.search(" ".join(str(change.new) for change in good.changes))
        if image is None or digest is None:
            return good.provenance
        pinned = Image(repository=image.repository, digest=digest[0])
        return replace(good.provenance, image=str(pinned), digest=pinned.digest)

    def _promoted(self, snapshot: Snapshot) -> Release:
        """Take over the version that stands in the environment to promote from."""
        path, everywhere = self.request.from_path, self.request.scope.everywhere
        environment = "" if path else self.request.from_environment
        scope = Scope(environment=environment, path=path, everywhere=everywhere)
        changes = self._found(snapshot, self._probe(), scope=scope)
        found = standing(changes, snapshot.logs(changes), environment=self.request.from_environment)
        self._become(found)
        image = Image.parse(found.image) if found.image else None
        return replace(self.request.release, image=image, storage_uri=found.storage_uri)

    def _inherit(self, snapshot: Snapshot, changes: Sequence[Change]) -> None:
        """Carry on the provenance of the version that these values belong to, where it is known."""
        if found := newest(changes, snapshot.logs(changes)):
            self._become(found)

    def _become(self, found: Provenance) -> None:
        asked = self.request.provenance
        self.provenance = replace(
            found, act=asked.act, name=asked.name, environment=asked.environment or found.environment
        )  # fmt: skip

    def _exactly(self, snapshot: Snapshot, exact: Exact, release: Release) -> list[Change]:
        raw = self._file(snapshot, exact.path)
        new = exact.value or version_for(exact.key, release)
        return list(named(raw, path=exact.path, doc=exact.doc, key=exact.key, new=new).changes)

    def _found(self, snapshot: Snapshot, release: Release, *, scope: Scope) -> list[Change]:
        places = self._places(snapshot, release, scope=scope)
        return [change for place in places for change in place.changes]

    def _places(self, snapshot: Snapshot, release: Release, *, scope: Scope) -> tuple[Place, ...]:
        return find(snapshot.holding(needles(release), inside=scope.holds), release, scope=scope)

    def _idle(self, snapshot: Snapshot, release: Release) -> Place:
        active = bluegreen.selector(self._coloured(snapshot), service=self._service).old
        scope = replace(self.request.scope, everywhere=True)
        return bluegreen.idle(self._places(snapshot, release, scope=scope), active=active)

    def _coloured(self, snapshot: Snapshot) -> list[Document]:
        return parse(snapshot.holding(bluegreen.COLOURS, inside=self.request.scope.holds))[0]

    def _documents(self, snapshot: Snapshot, text: str, *, scope: Scope) -> list[Document]:
        return parse(snapshot.holding([text], inside=scope.holds))[0]

    def _probe(self) -> Release:
        """Look for places by repository alone, whatever version stands there."""
        release = self.request.release
        image = release.image and replace(release.image, tag="0", digest=_PROBE)
        model = release.storage_uri or not image
        return Release(image=image, storage_uri="probe" if model else "", service=self._service)

    @property
    def _service(self) -> str:
        return self.request.release.service or self.request.provenance.name

    def _file(self, snapshot: Snapshot, path: str) -> bytes:
        raw = snapshot.read(path)
        if raw is None:
            raise ConfigError(
                f"{path} is not a file of {snapshot.repository.shown} at {snapshot.commit[:12]}",
                fix="give the path from the repository's root, not one of a link or a folder",
            )
        return raw
