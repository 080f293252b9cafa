"""The result of a self-test as a Markdown page."""

import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from imagebuilder_conformance.selftest.score import Score, by_clause
from imagebuilder_conformance.selftest.trials import Trial


def page(score: Score) -> str:
    """The page: the score, what went wrong, the matrix of defects and clauses, the variations, the checks."""
    return "\n".join(_lines(score)) + "\n"


def _lines(score: Score) -> Iterator[str]:
    yield "# Self-test"
    yield ""
    yield "Written by `imagebuilder-conformance self-test --write-page`; do not edit."
    yield ""
    yield f"**{score.sentence().capitalize()}** (suite {score.suite_version}, seed {score.seed})."
    yield ""
    yield from _wrong("Survivors", score.survivors, "Every defect is found by a check of the clause that it breaks.")
    yield from _wrong("False alarms", score.false_alarms, "No conformant variation is blamed.")
    yield from _out_of_reach()
    yield from _matrix(score)
    yield from _variations(score)
    yield from _checks(score)


def _wrong(title: str, trials: Iterable[Trial], none: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    lines = [f"- `{each.name}`: {each.sentence} Broken: {_names(each.broken) or 'nothing'}." for each in trials]
    yield from lines or [none]
    yield ""


def _out_of_reach() -> Iterator[str]:
    """What is no defect, as no run can be sure to find it: `out_of_reach.toml`."""
    text = (files(__package__ or "") / "out_of_reach.toml").read_text(encoding="utf-8")
    yield "## Out of reach"
    yield ""
    yield "Mistakes that a run does not find for sure, why, and what it would cost."
    yield ""
    yield "| mistake | why | cost |"
    yield "| --- | --- | --- |"
    yield from (f"| {each['what']} | {each['why']} | {each['cost']} |" for each in tomllib.loads(text)["mistake"])
    yield ""


def _matrix(score: Score) -> Iterator[str]:
    yield "## Defects by the clause that they break"
    yield ""
    yield "| clause | defect | revision | the mistake | found by | also broken |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for clause, trials in by_clause(score.defects).items():
        for trial in trials:
            also = _count(len(trial.broken.keys() - {clause}), "clause")
            found = _names(trial.broken.get(clause, ())) or "**nobody**"
            yield f"| {clause} | {_name(trial)} | {trial.revision} | {trial.sentence} | {found} | {also} |"
    yield ""


def _variations(score: Score) -> Iterator[str]:
    yield "## Conformant variations"
    yield ""
    yield "| variation | revision | what is unusual | verdict | warned about |"
    yield "| --- | --- | --- | --- | --- |"
    for trial in score.variations:
        yield f"| `{trial.name}` | {trial.revision} | {trial.sentence} | {trial.verdict} | {_names(trial.broken)} |"
    yield ""


def _checks(score: Score) -> Iterator[str]:
    yield "## What each check found"
    yield ""
    yield "Defects by the checks that found them through the clause that they break; `alone` counts those that no other"
    yield "check found."
    yield ""
    yield "| check | found | alone |"
    yield "| --- | ---: | ---: |"
    alone = score.sole_finders
    yield from (f"| {check} | {count} | {alone[check] or ''} |" for check, count in sorted(score.finders.items()))


def _name(trial: Trial) -> str:
    return f"`{trial.name}` (`--thorough`)" if trial.thorough else f"`{trial.name}`"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _count(number: int, noun: str) -> str:
    return "" if not number else f"{number} {noun}{'' if number == 1 else 's'}"
