"""What MkDocs is told of the site: the pages of the repository under their own paths, and those made from the data.

Under their own paths the links between pages lead where they lead in the repository. What they name beside pages comes
along: files as they are, a folder as the list of its files.
"""

import itertools
import os
import posixpath
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import imagebuilder_strategies
from imagebuilder_conformance.explaining.clauses import explanation_of
from imagebuilder_conformance.explaining.rendering import as_markdown
from imagebuilder_spec import load_contract, revisions

ROOT = Path(__file__).parents[2]
_FIRST = ("README.md", "docs/make-your-emulator-conform.md", "docs/running.md", "docs/reports.md")
_PROJECT = ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
_PYTHON = "python/strategies.md"
_CLAUSES = "clauses"
_STYLE = "docs/site/site.css"
_LINK = re.compile(r"(?<=\]\()(?!https?:|#|mailto:)([^)#\s]+)")
_EMBEDDED = re.compile(r'(?:src|srcset)="([^":]+)"')


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Say which pages there are, and in which order."""
    others = sorted(name for name in _tracked() if re.fullmatch(r"docs/[a-z-]+\.md", name) and name not in _FIRST)
    config.nav = [
        {"Start": list(_FIRST)},
        {"More": others},
        {"Clauses": [f"{_CLAUSES}/{area}.md" for area in _areas()]},
        {"Python": [_PYTHON]},
        {"Project": list(_PROJECT)},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the site together: what comes with the theme, and our pages and files in place of those that MkDocs found."""
    theme = [each for each in files if each.src_dir != config.docs_dir]
    return Files([*theme, *(_file(name, made, config) for name, made in _site().items())])


def _file(name: str, made: str | None, config: MkDocsConfig) -> File:
    if made is None:
        return File.generated(config, name, abs_src_path=str(ROOT / name))
    return File.generated(config, name, content=made)


def _site() -> Mapping[str, str | None]:
    """Every page and file of the site, by its path: the text that was made for it, or None for a file as it is."""
    site: dict[str, str | None] = {_STYLE: None, _PYTHON: _strategies(), **dict(_clause_pages())}
    open_ = [name for name in _tracked() if re.fullmatch(r"docs/[a-z-]+\.md|[A-Z]+\.md", name)]
    while open_:
        name = open_.pop()
        if name in site:
            continue
        if not name.endswith(".md"):
            site[name] = None
            continue
        text, needed = _page(name)
        site[name] = text
        open_.extend(needed)
    return site


def _page(name: str) -> tuple[str, set[str]]:
    """The text of a page, its links to folders led to pages of them; and what its links need."""
    folder, needed = posixpath.dirname(name), set[str]()

    def lead(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, link[1]))
        if (ROOT / path).is_dir():
            path = posixpath.join(path, "README.md")
        needed.add(path)
        return posixpath.relpath(path, folder or ".")

    path = ROOT / name
    text = path.read_text(encoding="utf-8") if path.exists() else _listing(folder)
    for found in _EMBEDDED.findall(text):
        needed.add(posixpath.normpath(posixpath.join(folder, found)))
    return _LINK.sub(lead, text), needed


def _listing(folder: str) -> str:
    """A page that lists a folder, for one that has no page of its own."""
    names = sorted(name.removeprefix(f"{folder}/") for name in _tracked() if name.startswith(f"{folder}/"))
    # Another page would be taken into the site, and looks like one of it.
    lines = (f"- {name}" if name.endswith(".md") else f"- [{name}]({name})" for name in names)
    return "\n".join([f"# {folder}", "", *lines, ""])


def _areas() -> list[str]:
    return list(dict.fromkeys(clause.partition(".")[0] for clause in _clauses()))


def _clauses() -> Mapping[str, str]:
    """Every clause, and the first revision that has it."""
    return {clause: each for each in reversed(revisions()) for clause in load_contract(each).clauses}


def _clause_pages() -> Iterator[tuple[str, str]]:
    clauses = sorted(_clauses().items(), key=lambda item: _areas().index(item[0].partition(".")[0]))
    for area, group in itertools.groupby(clauses, key=lambda item: item[0].partition(".")[0]):
        parts = [f"# Clauses: {area}\n"]
        for clause, revision in group:
            if (explanation := explanation_of(revision, clause)) is not None:
                parts.append(as_markdown(explanation))
        yield f"{_CLAUSES}/{area}.md", "\n".join(parts)


def _strategies() -> str:
    """The page of the strategies' public names."""
    lines = [f"# {imagebuilder_strategies.__name__}", "", imagebuilder_strategies.__doc__ or "", ""]
    for name in imagebuilder_strategies.__all__:
        # By the module that has it: one of them is named as a function in it is.
        lines += [f"::: {getattr(imagebuilder_strategies, name).__module__}.{name}", ""]
    return "\n".join(lines)


def _tracked() -> list[str]:
    command = ["git", "-C", os.fspath(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
