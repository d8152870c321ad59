"""The analyst with a model: the rules decide, the model explains, and what it says is checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gatepost.analysis import answer, briefing
from gatepost.analysis.citations import dropped, merge
from gatepost.analysis.rules import Rules
from gatepost.clients.gemini import Gemini
from gatepost.dossier import Dossier
from gatepost.errors import GatepostError
from gatepost.model import Analysis, Cause, Evidence, EvidenceKind, Usage
from gatepost.prompts import Prompt, kind_of
from gatepost.report.earlier import Earlier
from gatepost.safety import redact

log = logging.getLogger(__name__)

_MOST_CALLS = 3
"""A run with more kinds of failure than this has its rarest kinds explained by the rules alone."""

_BYTES_PER_TOKEN = 2
"""Low on purpose: logs are full of hashes and numbers, which take a token for every two or three bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiAnalyst:
    """Explains a dossier with one model, one prompt per kind of failure."""

    model: Gemini
    prompt: Callable[[str], Prompt]
    """Loads the prompt of a kind."""

    input_tokens: int
    output_tokens: int
    earlier: Mapping[str, Earlier] = field(default_factory=dict)
    """By fingerprint: what was said before and is not to be paid for again."""

    def analyse(self, dossier: Dossier) -> Analysis:
        """
        Explain each cause the rules found, in the model's words where they hold.

        Raises `GatepostError` when the model explained nothing; what it left out stays with the rules.
        """
        ruled = Rules().analyse(dossier)
        told = [_again(cause, self.earlier) for cause in ruled.causes]
        tally = _Tally()
        groups = _by_kind([(n, c) for n, c in enumerate(ruled.causes) if c.fingerprint not in self.earlier])
        for kind, numbered in groups[:_MOST_CALLS]:
            for (number, _), cause in zip(numbered, self._ask(kind, numbered, dossier, tally), strict=True):
                told[number] = cause
        if tally.failed and not (tally.asked or tally.usage or self._reused(ruled.causes)):
            raise tally.failed[0]
        if rest := groups[_MOST_CALLS:]:
            tally.notes.append(
                f"{sum(len(n) for _, n in rest)} causes of rarer kinds were read by rules alone."
            )
        return self._analysis(ruled, tuple(told), tally)

    def _ask(
        self, kind: str, numbered: Sequence[tuple[int, Cause]], dossier: Dossier, tally: _Tally
    ) -> list[Cause]:
        """Ask about the causes of one kind; on failure they stay as the rules told them."""
        causes = [cause for _, cause in numbered]
        if tally.failed:  # what failed once will not do better while the deadline runs out
            return causes
        try:
            prompt = self.prompt(kind)
            items = self._fitting(causes, dossier)
            offered = {
                "causes": briefing.causes(causes),
                "evidence": briefing.evidence(items),
                "run": briefing.run(dossier.signal),
            }
            text = prompt.render(**{name: offered[name] for name in prompt.wants})
            said = self.model.ask(
                text, system=briefing.SYSTEM, shape=answer.Answer, output_tokens=self.output_tokens
            )
            tally.pay(said.usage)
            if said.problem:
                raise said.problem
            found = answer.read(said.text, model=self.model.model)
        except GatepostError as error:
            log.warning("%s is explained by rules: %s", kind, error)
            tally.failed.append(error)
            return causes
        tally.asked += 1
        tally.dropped += dropped(found.causes, evidence=items)
        by_number = {told.cause: told for told in reversed(found.causes)}
        return [
            merge(cause, by_number[number], evidence=items) if number in by_number else cause
            for number, cause in enumerate(causes, 1)
        ]

    def _fitting(self, causes: Sequence[Cause], dossier: Dossier) -> tuple[Evidence, ...]:
        """Choose the evidence of these causes and what supports it, within the token budget."""
        cited = {name for cause in causes for name in cause.cites}
        about = {name for cause in causes for name in cause.subjects}
        speaking = (EvidenceKind.LOG, EvidenceKind.REPORT)
        items = [
            e for e in dossier.evidence if e.name in cited or e.subject in about or e.kind not in speaking
        ]
        budget = max(1_000, self.input_tokens * _BYTES_PER_TOKEN - 12_000)  # the prompt's own text
        return Dossier.pack(dossier.signal, items, budget_bytes=budget).evidence

    def _reused(self, causes: Sequence[Cause]) -> bool:
        return any(cause.fingerprint in self.earlier for cause in causes)

    def _analysis(self, ruled: Analysis, causes: tuple[Cause, ...], tally: _Tally) -> Analysis:
        notes = [*ruled.notes, *tally.notes]
        reused = [self.earlier[c.fingerprint] for c in ruled.causes if c.fingerprint in self.earlier]
        if reused:
            day = min(e.at for e in reused).date().isoformat()
            what = "1 cause is" if len(reused) == 1 else f"{len(reused)} causes are"
            notes.append(f"The same failure was explained before: {what} shown in those words of {day}.")
        if tally.dropped:
            what = "1 citation that is" if tally.dropped == 1 else f"{tally.dropped} citations that are"
            notes.append(f"Dropped: {what} not in the evidence.")
        part = "In part without" if tally.asked or reused else "Without"
        notes += [f"{part} a model: {redact(error.what)}." for error in tally.failed[:1]]
        author = self.model.model if tally.asked else reused[0].author if reused else ruled.author
        return Analysis(causes=causes, author=author, usage=tally.usage, notes=tuple(notes))


@dataclass(slots=True)
class _Tally:
    """What a round of questions cost and yielded."""

    usage: Usage | None = None
    asked: int = 0
    dropped: int = 0
    failed: list[GatepostError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def pay(self, more: Usage) -> None:
        paid = self.usage or Usage()
        self.usage = Usage(
            input_tokens=paid.input_tokens + more.input_tokens,
            output_tokens=paid.output_tokens + more.output_tokens,
            cached_tokens=paid.cached_tokens + more.cached_tokens,
        )


def _by_kind(numbered: Sequence[tuple[int, Cause]]) -> list[tuple[str, list[tuple[int, Cause]]]]:
    """Group causes by the prompt that explains them, the kind that failed most jobs first."""
    groups: dict[str, list[tuple[int, Cause]]] = {}
    for number, cause in numbered:
        groups.setdefault(kind_of(cause.failure), []).append((number, cause))
    return sorted(groups.items(), key=lambda group: -sum(len(c.subjects) for _, c in group[1]))


def _again(cause: Cause, earlier: Mapping[str, Earlier]) -> Cause:
    """Tell `cause` in the words it was told before; where and which jobs stay those of this run."""
    if (said := earlier.get(cause.fingerprint)) is None:
        return cause
    return replace(
        cause,
        title=str(redact(said.cause.title)) or cause.title,
        why=str(redact(said.cause.why)),
        fix=str(redact(said.cause.fix)) or cause.fix,
        details=tuple(str(redact(d)) for d in said.cause.details),
        confidence=said.cause.confidence,
        told_at=said.at,
    )
