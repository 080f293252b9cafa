"""A target like the service, by a name of AWS's, with builds that take their time."""

from dataclasses import dataclass
from pathlib import Path

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.lifecycle import ServiceLike
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Lifecycle, Settings
from imagebuilder_conformance.reference.store import Image
from tests.support.aws import HOST, resolving, under_an_aws_name
from tests.support.command import Finished, here

NARROW = "idempotency.replay"
QUICK = Lifecycle(invisible=0.7, busy=1.2, cancelling=0.5, building=3600.0, rate_limit=None)


@dataclass
class Sandbox:
    """A target like the service, by a name of AWS's, and a folder to call it from."""

    server: ReferenceServer
    folder: Path

    @property
    def images(self) -> set[str]:
        return set(self.server.behaviour.store.images)

    @property
    def keys(self) -> dict[str, str]:
        key = self.server.credentials
        return {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}

    @property
    def target(self) -> list[str]:
        pipelines = [word for arn in self.server.pipelines for word in ("--pipeline-arn", arn)]
        return ["--endpoint-url", under_an_aws_name(self.server.url), "--allow-aws", *pipelines]

    def run(self, *arguments: str, report: str = "report") -> Finished:
        return here("run", *self.target, "--report-dir", report, *arguments, cwd=self.folder, env=self.keys)

    def cleanup(self, *arguments: str, report: str = "report", **environ: str) -> Finished:
        waits = ("--visible-after", "3", "--patience", "30")
        words = ("cleanup", report, "--allow-aws", *waits, *arguments)
        finished = here(*words, cwd=self.folder, env=self.keys | environ)
        assert "Traceback" not in finished.text
        return finished

    def start_beside(self) -> str:
        """An image that no run has to do with."""
        store = self.server.behaviour.store
        pipeline = next(iter(store.pipelines.values()))
        image = Image(pipeline.image_arn(pipeline.next_build()), pipeline.arn)
        store.images[image.arn] = image
        return image.arn


class serving:  # noqa: N801  # a context manager
    """A sandbox with a lifecycle."""

    def __init__(self, folder: Path, lifecycle: Lifecycle, behaviour: type[Behaviour] = ServiceLike) -> None:
        settings = Settings(lifecycle=lifecycle, rate_limit=lifecycle.rate_limit)
        self._server = ReferenceServer(settings, behaviour=behaviour)
        self._resolving = resolving(HOST)
        self._folder = folder

    def __enter__(self) -> Sandbox:
        self._resolving.__enter__()
        return Sandbox(self._server.__enter__(), self._folder)

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(None, None, None)
        self._resolving.__exit__(None, None, None)
