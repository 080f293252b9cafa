"""Pictures of the sample reports, for the documentation. `reports/samples/make` calls this."""

from pathlib import Path

from tests.browser.chromium import launched
from tests.browser.watching import WIDE, Windows
from tests.project.places import ROOT

SAMPLES = ROOT / "reports/samples"
PICTURES = ROOT / "docs/pictures"
# The name of the picture, the sample, the colour scheme, and what it shows from the top of the window on.
SHOTS = (
    ("conformant", "conformant", "light", ""),
    ("broken", "broken", "light", ""),
    ("broken-dark", "broken", "dark", ""),
    ("failure", "broken", "light", "idempotency.replay.same-image"),
)


def take(windows: Windows, sample: str, scheme: str, fragment: str) -> bytes:
    """A picture of a window on a sample."""
    watched = windows.open(SAMPLES / sample / "report.html", fragment, color_scheme=scheme, viewport=WIDE)
    taken: bytes = watched.page.screenshot()
    return taken


def main(folder: Path = PICTURES) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        windows = Windows(browser)
        for name, sample, scheme, fragment in SHOTS:
            (folder / f"{name}.png").write_bytes(take(windows, sample, scheme, fragment))
        windows.close()


if __name__ == "__main__":
    main()
