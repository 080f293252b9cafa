"""`run --provision`: the pipelines that a run makes for itself, from making them to taking them away."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError

from imagebuilder_conformance.cleaning.connecting import client_of
from imagebuilder_conformance.cleaning.patience import Patience
from imagebuilder_conformance.cli.cleaning_display import Account
from imagebuilder_conformance.cli.cleanup import clean_target
from imagebuilder_conformance.cli.problems import NoVerdictError
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.configuration.provision import Provision
from imagebuilder_conformance.judging.announcing import target_info
from imagebuilder_conformance.partitions import load_partitions
from imagebuilder_conformance.probing.tokens import new_nonce
from imagebuilder_conformance.provisioning.making import NotMadeError, UnreachableError, make
from imagebuilder_conformance.provisioning.removing import Taker
from imagebuilder_conformance.provisioning.resources import PIPELINE, wanted
from imagebuilder_conformance.running.aftermath import cleanup_line
from imagebuilder_conformance.running.reaching import nothing_listens
from imagebuilder_conformance.settings import Made, Settings
from imagebuilder_conformance.stopping import current
from imagebuilder_conformance.target import CredentialsLostError, Target, arn_scope
from imagebuilder_reports.errors import ReportError, UnwritableError
from imagebuilder_reports.events import Event, Header
from imagebuilder_reports.ledger import Ledger, StartedBuilds
from imagebuilder_reports.model import Report
from imagebuilder_reports.moments import now
from imagebuilder_reports.provisioned import Provisioned, ResourceState, updated
from imagebuilder_reports.report import fold
from imagebuilder_spec import load_contract

# How long, in seconds, a run tries to take away what is refused for now; `cleanup` tries longer. A run that is asked to
# end has a few seconds in all.
_PATIENCE = 20.0
_IN_HASTE = 1.0
_ENDED = "the run was ended before it was taken away"
_TO_LOOK_FIRST = "its images are to be looked through for starts of unknown outcome first"


class OwnPipelines:
    """What a run makes on its target beside images. Each resource is on the list beside the reports before it is made.

    Args:
        settings: Those of the run.
        provision: How it makes them.
        target: Where.
        folder: That of the report.
        say: Prints a line.
    """

    def __init__(
        self, settings: Settings, provision: Provision, target: Target, folder: Path, say: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._provision = provision
        self._target = target
        self._folder = folder
        self._say = say
        self._ledger = Ledger(folder)
        self._redactor = Redactor(target.secrets)
        self._noting = threading.Lock()
        # Making a client takes longer than what it is asked for, and a run that is asked to end has little time.
        self._client: Any = None
        self._started_any = False
        self._builds = StartedBuilds(
            contract=settings.contract,
            target=target_info(replace(target, pipelines=())),
            started=now(),
            nonce=new_nonce(),
            executions=(),
        )

    @property
    def leaves_any(self) -> bool:
        """Whether something is, or may be, there that was to be taken away."""
        return not all(map(self._is_kept, self._builds.remaining))

    def _is_kept(self, resource: Provisioned) -> bool:
        """Whether a resource stays by the user's wish; it is noted so only at the end of the run."""
        made = self._provision.keep and resource.state is ResourceState.MADE
        return made or resource.state is ResourceState.KEPT

    def make(self) -> Settings:
        """Make the pipelines. Gives the settings of a run against them.

        Raises:
            NoVerdictError: The target lacks a call, refuses it, or can't be reached; or the user wants no more.
            UnwritableError: What is about to be made can't be noted; it is not made then.
        """
        target, nonce = self._target, self._builds.nonce
        plan = wanted(
            nonce,
            partition=load_partitions().of_region(target.region).id,
            region=target.region,
            instance_profile=self._provision.instance_profile,
        )
        pattern = load_contract(self._settings.contract).pipeline_arn_pattern
        try:
            self._client = client_of(target)
            made = make(self._client, target.endpoint, plan, self._note, pattern=pattern)
        except BaseException as error:
            with self._ending():
                self._take_away(self._builds)
            self.tell()
            raise self._told(error) from error
        pipelines = tuple(each.arn for each in made if each.kind == PIPELINE.id and each.arn is not None)
        # Where they are is what the target says, and they can be called nowhere else.
        target = replace(target, pipelines=pipelines, region=arn_scope(pipelines[0])[1])
        self._builds = replace(self._builds, target=target_info(target))
        return replace(self._settings, target=target, made=Made(nonce, made))

    @contextmanager
    def for_a_run(self, events: Sequence[Event]) -> Iterator[None]:
        """Have the pipelines for a run, whose events are asked for at its end; then take them away, or keep them."""
        try:
            yield
        finally:
            with self._ending():
                builds = self._started(events)
                if self._provision.keep:
                    for each in self._builds.provisioned:
                        self._note(replace(each, state=ResourceState.KEPT))
                else:
                    self._take_away(builds)

    def take_away_soon(self, seconds: float) -> None:
        """Take away what can be in so many seconds, while another thread may be at it or wait for something else."""

        def take_away() -> None:
            with suppress(BotoCoreError, CredentialsLostError, ReportError):
                self._taker(patience=0.0).take_away(self._builds.provisioned)

        if self._client is None or self._provision.keep or self._target.is_aws:
            return
        taking = threading.Thread(target=take_away, name="takes away", daemon=True)
        with suppress(RuntimeError):
            taking.start()
            taking.join(seconds)

    def in_report(self, report: Report) -> Report:
        """The report of the run, with what has become of what was made for it."""
        resources = report.run.provisioned
        for each in self._builds.provisioned:
            resources = updated(resources, each)
        return replace(report, run=replace(report.run, provisioned=resources))

    def tell(self, *, failed: bool = False) -> None:
        """Say what is kept or left, how it is called, and what takes it away; one line where nothing is.

        `failed` says that there are command lines to show failures again, which name the pipelines.
        """
        resources, remaining = self._builds.provisioned, self._builds.remaining
        if any(each.arn for each in resources) and not remaining:
            gone = "; the command lines above name pipelines that are gone: --keep leaves them" if failed else ""
            self._say(f"taken away: the {len(resources)} resources that --provision made{gone}")
        for each in remaining:
            left = f"left: {each.words}: {each.reason or each.state}"
            self._say(f"kept: {each.words}" if self._is_kept(each) else left)
        # A run on AWS ends with that line where it has started builds.
        if remaining and not (self._target.is_aws and self._started_any):
            self._say(cleanup_line(self._folder, on_aws=self._target.is_aws))

    def _note(self, resource: Provisioned) -> None:
        """Put a resource on the list. Raises `UnwritableError` where it is about to be made and that can't be done."""
        told = replace(resource, reason=self._redactor.optional(resource.reason))
        with self._noting:
            before = self._builds
            self._builds = replace(before, provisioned=updated(before.provisioned, told))
            try:
                self._ledger.keep(self._builds)
            except UnwritableError:
                if resource.state is ResourceState.ASKED:
                    self._builds = before
                    raise

    def _started(self, events: Sequence[Event]) -> StartedBuilds:
        """What the run has started so far, with what was made for it."""
        # Folding takes a while, and where there is none nobody but AWS asks for its images.
        is_asked_for = self._target.is_aws or current().requested is None
        if not (is_asked_for and events and isinstance(events[0], Header)):
            return self._builds
        builds = StartedBuilds.of(fold(events))
        self._started_any = bool(builds.executions)
        return replace(builds, provisioned=self._builds.provisioned)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """Take note of what can't be taken away, whatever ends it."""
        reason = _ENDED
        try:
            yield
        except (BotoCoreError, CredentialsLostError, ReportError, OSError) as error:
            reason = " ".join(str(error).split())
        finally:
            for each in self._builds.remaining:
                if each.state in {ResourceState.MADE, ResourceState.ASKED}:
                    self._note(replace(each, state=ResourceState.LEFT, reason=reason))

    def _take_away(self, builds: StartedBuilds) -> None:
        """Take away what was made; on AWS the images first, as what was made may rest on them and be listed by them."""
        if self._client is None:
            return
        in_haste = current().requested is not None
        if self._target.is_aws and builds.executions:
            if not in_haste:
                self._clean(builds)
                return
            if any(each.image is None for each in builds.executions):
                for each in self._builds.remaining:
                    self._note(replace(each, state=ResourceState.LEFT, reason=_TO_LOOK_FIRST))
                return

        def remove_images() -> None:
            if not in_haste and builds.executions:
                self._clean(replace(builds, provisioned=self._builds.provisioned), images_only=True)

        patience = _IN_HASTE if in_haste else _PATIENCE
        self._taker(patience, remove_images).take_away(self._builds.provisioned)

    def _taker(self, patience: float, on_dependency: Callable[[], None] = lambda: None) -> Taker:
        return Taker(
            self._client,
            self._note,
            patience=patience,
            visible=Patience().visible,
            started=self._builds.started,
            on_dependency=on_dependency,
        )

    def _clean(self, builds: StartedBuilds, *, images_only: bool = False) -> None:
        """Do what `cleanup` does after a run."""
        account = Account(builds, self._ledger, keeps=True)
        try:
            known = {each.image for each in builds.executions if each.image is not None}
            clean_target(account, self._target, known, Patience(), images_only=images_only)
            account.conclude()
        finally:
            done = account.builds
            self._builds = replace(
                self._builds,
                executions=done.executions,
                removed=done.removed,
                outputs=done.outputs,
                settled=done.settled,
                provisioned=done.provisioned,
            )

    def _told(self, error: BaseException) -> BaseException:
        """What ended the making, in a sentence for people where there is one."""
        if not self._builds.remaining:
            # There is no report that it could go with.
            with suppress(OSError):
                self._ledger.drop(self._builds)
        if isinstance(error, UnreachableError):
            return NoVerdictError(nothing_listens(self._target))
        if isinstance(error, KeyboardInterrupt) and current().requested:
            return NoVerdictError(
                f"Interrupted by {current().requested} while the pipelines were made: nothing was judged."
            )
        if isinstance(error, NotMadeError | CredentialsLostError):
            return NoVerdictError(self._redactor.text(str(error)))
        return error
