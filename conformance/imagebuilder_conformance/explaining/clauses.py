"""A clause explained, from the contract, the checks, their oracles, and the defects of the reference target."""

from collections.abc import Iterator

from imagebuilder_conformance.client.forms import FORMS, form_of
from imagebuilder_conformance.explaining.mistakes import mistakes_of
from imagebuilder_conformance.explaining.right_answers import right_answers
from imagebuilder_conformance.oracles.forms import clause_of
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.defects.registry import Defect
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_reports.explanation import Explanation, Item, Section
from imagebuilder_spec import Activity, Clause, load_contract, revisions

_ACTIVITIES = {
    Activity.ACTIVE: "a check brings it about",
    Activity.PASSIVE: "judged when the target shows it",
}
_FORMS = {clause_of(form): form for form in FORMS}


def explanation_of(revision: str, clause: str) -> Explanation | None:
    """What there is to say of a clause of a revision; None where there is no such clause."""
    found = load_contract(revision).clauses.get(clause) if revision in revisions() else None
    if found is None:
        return None
    sections = (*_form(found), *_checks(found), *_mistakes(found), *_defects(found, revision))
    return Explanation(
        found.id,
        found.statement,
        (*_facts(found), *_elsewhere(found)),
        sections,
        tuple(right_answers(revision, found.id)),
    )


def _facts(clause: Clause) -> Iterator[Item]:
    yield Item("level", clause.level)
    yield Item("evidence", clause.evidence)
    yield Item("source", clause.source)
    if clause.harm:
        yield Item("harm", clause.harm)
    yield Item("activity", f"{clause.activity}: {_ACTIVITIES[clause.activity]}")
    yield Item("suite", clause.suite)
    if clause.condition:
        yield Item("condition", clause.condition)
    if clause.pipelines > 1:
        yield Item("pipelines", f"{clause.pipelines} known ones are needed")


def _elsewhere(clause: Clause) -> Iterator[Item]:
    """What other revisions rest it on, and which ones have it where not all do."""
    having = {each: found for each in revisions() if (found := load_contract(each).clauses.get(clause.id))}
    for revision, found in having.items():
        if (found.evidence, found.source) != (clause.evidence, clause.source):
            yield Item(revision, f"{found.evidence}: {found.source}")
    if len(having) < len(revisions()):
        yield Item("revisions", ", ".join(having))


def _form(clause: Clause) -> Iterator[Section]:
    if clause.id not in _FORMS:
        return
    form = form_of(_FORMS[clause.id])
    yield Section(
        f"The form: {form.client} {form.version}",
        tuple(Item(name, value) for name, value in form.headers),
        lead=f"Its headers as they are sent, in this order. The signature covers {', '.join(form.signed)}; "
        f"the parameters of Authorization stand behind a comma {_blank(form.separator)} a blank. "
        f"Source: {form.source}.",
        code=True,
    )


def _blank(separator: str) -> str:
    return "with" if separator.endswith(" ") else "without"


def _checks(clause: Clause) -> Iterator[Section]:
    checks = tuple(Item(check.id, check.law) for check in declared_checks() if clause.id in check.clauses)
    yield Section("Judged by", checks, code=True)


def _mistakes(clause: Clause) -> Iterator[Section]:
    mistakes = tuple(Item(kind.title, kind.hint) for kind in mistakes_of(clause.id))
    if mistakes:
        yield Section("How implementers get it wrong, and how to mend it", mistakes)


def _defects(clause: Clause, revision: str) -> Iterator[Section]:
    all_defects = (*catalogue.defects().values(), *catalogue.load_defects().values())
    breaking = [each for each in all_defects if each.breaks == clause.id and each.shows_in(revision)]
    if breaking:
        lead = f"A target with the first of them: imagebuilder-conformance serve --defect {breaking[0].name}"
        yield Section(
            "Defects that break it", tuple(Item(each.name, _shown(each)) for each in breaking), lead=lead, code=True
        )


def _shown(defect: Defect) -> str:
    """What is wrong with a defect, and where it shows."""
    if defect.load_only:
        return f"{defect.sentence} It shows under load only, as a soak makes it."
    return f"{defect.sentence} It shows in a thorough run only." if defect.thorough else defect.sentence
