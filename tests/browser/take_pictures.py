"""Pictures of the sample reports, for the documentation. `reports/samples/make` calls this."""

from pathlib import Path

from playwright.sync_api import FloatRect

from tests.browser.chromium import launched
from tests.browser.watching import Watched, Windows
from tests.project.places import ROOT

SAMPLES = ROOT / "reports/samples"
PICTURES = ROOT / "docs/pictures"
FAILURE = "idempotency.concurrent.duplicates"
WINDOW = {"width": 1280, "height": 760}
MARGIN = 24
# The name of the picture, the sample, the colour scheme, and the clause whose failure it shows; else it shows the top.
SHOTS = (
    ("conformant", "conformant", "light", ""),
    ("broken", "broken", "light", ""),
    ("failure", "broken", "light", FAILURE),
    ("failure-dark", "broken", "dark", FAILURE),
)


def take(windows: Windows, sample: str, scheme: str, clause: str) -> bytes:
    """A picture of the top of a page, or of a failure down to its sequence."""
    watched = windows.open(SAMPLES / sample / "report.html", clause, color_scheme=scheme, viewport=WINDOW)
    return watched.page.screenshot(clip=_failure(watched, clause) if clause else None)


def _failure(watched: Watched, clause: str) -> FloatRect:
    failure = watched.clause(clause).locator(".failure").first
    card, sequence = failure.bounding_box(), failure.locator(".sequence").bounding_box()
    if card is None or sequence is None:
        raise ValueError(
            f"expected the failure of {clause} with its sequence on the page, one of them is not to be seen"
        )
    bottom = sequence["y"] + sequence["height"]
    return {
        "x": card["x"] - MARGIN,
        "y": card["y"] - MARGIN,
        "width": card["width"] + 2 * MARGIN,
        "height": bottom - card["y"] + 2 * MARGIN,
    }


def main(folder: Path = PICTURES) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        windows = Windows(browser)
        for name, *shot in SHOTS:
            (folder / f"{name}.png").write_bytes(take(windows, *shot))
        windows.close()


if __name__ == "__main__":
    main()
