"""A report folder belongs to one run at a time, and is made by the run that writes to it."""

from pathlib import Path

import pytest

from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.folder import claimed


def test_it_is_made_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with claimed(folder):
        assert folder.is_dir()
        assert list(folder.iterdir()) == []


def test_a_second_run_is_kept_out_until_the_first_has_ended(tmp_path: Path) -> None:
    with claimed(tmp_path), pytest.raises(UnwritableError, match="in use by another run"), claimed(tmp_path):
        pass
    with claimed(tmp_path), claimed(tmp_path / "another"):
        pass


def test_where_no_folder_can_be_nothing_is_touched(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    for folder in (file, file / "below"):
        with pytest.raises(UnwritableError, match="can't make the folder"), claimed(folder):
            pass
    assert file.read_text() == "kept"


def test_a_folder_that_is_not_writable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # To root every folder is writable.
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(UnwritableError, match="not writable"), claimed(tmp_path):
        pass
