"""Settings as the command resolves them, from flags, variables and a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.settings import Settings, Sources, UsageError, resolve

URL = "http://127.0.0.1:4566"
PIPELINE = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAKEY", "AWS_SECRET_ACCESS_KEY": "recognisable-secret"}


def resolved(
    flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None, file: Path | None = None
) -> Settings:
    return resolve(Sources(flags or {}, environ or {}, file))


def config(folder: Path, text: str) -> Path:
    path = folder / "conformance.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(UsageError) as caught:
        resolved(*args, **kwargs)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def region(settings: Settings) -> str:
    assert settings.target is not None
    return settings.target.region
