"""The recorders' packages in a folder, and programs that run beside a target."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.audit.conversation import CALLS

# Each environment's packages: recorders want different releases of the same dependencies.
ENVIRONMENTS = {
    "python": ["boto3", "vcrpy", "PyYAML", "betamax", "requests", "requests-har", "harlem", "warcio", "schemathesis"],
    "mitmproxy": ["mitmproxy"],
    "pcap": ["har-capture[cli]", "pcap2har"],
    "awscli": ["awscli"],
}
NODE_PACKAGES = (
    *("puppeteer-core", "puppeteer-har", "chrome-har", "chrome-har-capturer", "har-recorder"),
    *("@pollyjs/core", "@pollyjs/persister-fs", "@pollyjs/adapter-node-http"),
    # nock 14 and later record nothing on Node.js 20.
    *("node-fetch@2", "node-fetch-har", "axios@1", "axios-har-tracker", "nock@13"),
)
PATIENCE = 120


@dataclass(frozen=True)
class Tools:
    """Where the recorders' packages are."""

    folder: Path

    def install(self) -> None:
        """Install what is not there yet."""
        for name, packages in ENVIRONMENTS.items():
            if not (self.folder / name).exists():
                subprocess.run([sys.executable, "-m", "venv", self.folder / name], check=True)
                subprocess.run([self.python(name), "-m", "pip", "install", "-q", *packages], check=True)
        if not (self.folder / "npm" / "node_modules").exists():
            (self.folder / "npm").mkdir(exist_ok=True)
            # They bring no browsers of their own.
            words = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"]
            subprocess.run([*words, "--prefix", ".", *NODE_PACKAGES], cwd=self.folder / "npm", check=True)

    def python(self, name: str) -> Path:
        return self.program(name, "python")

    def program(self, environment: str, name: str) -> Path:
        return self.folder / environment / "bin" / name

    def release_of(self, package: str) -> str:
        """The release of a package, wherever it is installed, or what the program of that name says of itself."""
        manifest = self.folder / "npm" / "node_modules" / package / "package.json"
        if manifest.exists():
            return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])
        for environment in ENVIRONMENTS:
            asked = f"from importlib.metadata import version; print(version({package!r}))"
            done = subprocess.run([self.python(environment), "-c", asked], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return done.stdout.strip()
        with suppress(PackageNotFoundError):
            return version(package)
        said = subprocess.run([package, "--version"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"\d+(\.\d+)+", said)
        return found[0] if found else ""


def run(words: list[str | Path], target: str, out: Path, **variables: str) -> None:
    speaking = {
        "TARGET": target,
        "OUT": str(out),
        "CALLS": json.dumps(CALLS),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NODE_NO_WARNINGS": "1",
    }
    # Where it writes, as Schemathesis leaves a cache where it is run.
    done = subprocess.run(
        words,
        env=os.environ | speaking | variables,
        cwd=out.parent,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if not out.exists():
        raise RuntimeError((done.stderr or done.stdout).strip()[-500:])


@contextmanager
def background(words: list[str | Path], ready: Callable[[], bool]) -> Iterator[None]:
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + PATIENCE
            while not ready():
                if time.monotonic() > end or process.poll() is not None:
                    raise RuntimeError(f"{words[0]} did not begin")
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
