"""Pictures of the sample reports, for the documentation. `reports/samples/make` calls this."""

from pathlib import Path

from tests.browser.chromium import launched
from tests.browser.watching import Windows
from tests.project.places import ROOT

SAMPLES = ROOT / "reports/samples"
PICTURES = ROOT / "docs/pictures"
FAILURE = "idempotency.concurrent.duplicates"
WINDOW = {"width": 1280, "height": 1000}
# The name of the picture, the sample, the colour scheme, the clause to go to, and the last thing to be seen.
SHOTS = (
    ("conformant", "conformant", "light", "", ".coverage"),
    ("broken", "broken", "light", "", ".broken"),
    ("failure", "broken", "light", FAILURE, f'[id="{FAILURE}"] .sequence'),
    ("failure-dark", "broken", "dark", FAILURE, f'[id="{FAILURE}"] .sequence'),
)
MARGIN = 24


def take(windows: Windows, sample: str, scheme: str, fragment: str, last: str) -> bytes:
    """A picture of the top of a window on a sample, down to the last thing to be seen."""
    watched = windows.open(SAMPLES / sample / "report.html", fragment, color_scheme=scheme, viewport=WINDOW)
    box = watched.one(last).first.bounding_box()
    if box is None:
        raise ValueError(f"expected {last} on the page of the sample {sample}, found nothing that can be seen")
    height = min(WINDOW["height"], box["y"] + box["height"] + MARGIN)
    taken: bytes = watched.page.screenshot(clip={"x": 0, "y": 0, "width": WINDOW["width"], "height": height})
    return taken


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
