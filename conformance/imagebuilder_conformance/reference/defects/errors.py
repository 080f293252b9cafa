"""Defects in which error answers a fault, and with which status."""

from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import InFlightRefused, NowAndThen
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import StartRequest
from imagebuilder_conformance.reference.store import Pipeline

# A pipeline that does not exist


@defect("unknown-pipeline-invented", breaks="errors.resource-not-found.code")
class UnknownPipelineInvented(Behaviour):
    """A pipeline that does not exist is created."""

    def find(self, request: StartRequest) -> Pipeline:
        """Create what is missing."""
        self.store.pipelines.setdefault(request.pipeline_arn, Pipeline(request.pipeline_arn))
        return super().find(request)


@defect("second-pipeline-crashes", breaks="operation.start")
class SecondPipelineCrashes(Behaviour):
    """Only the pipeline that was set up first can be started: what others are made of was never loaded."""

    def find(self, request: StartRequest) -> Pipeline:
        """Fail on whatever is not the first one."""
        pipeline = super().find(request)
        if pipeline.arn != self.settings.pipelines[0]:
            raise Fault("ServiceException", "The recipe of the pipeline is None.")
        return pipeline


@defect("pipeline-found-by-its-name", breaks="errors.resource-not-found.whole-arn")
class PipelineFoundByItsName(Behaviour):
    """A pipeline is looked up by its name alone, whatever account and region its ARN names."""

    def find(self, request: StartRequest) -> Pipeline:
        """The pipeline of this name, if there is one."""
        _, _, name = request.pipeline_arn.partition("/")
        named = [each for each in self.store.pipelines.values() if each.arn.partition("/")[2] == name]
        return named[0] if named else super().find(request)


@defect("pipeline-found-without-partition", breaks="errors.resource-not-found.whole-arn")
class PipelineFoundWithoutPartition(Behaviour):
    """A pipeline is looked up by region, account and name, in whatever partition."""

    def find(self, request: StartRequest) -> Pipeline:
        """Compare what is behind the service."""
        _, _, rest = request.pipeline_arn.partition(":imagebuilder:")
        same = [each for each in self.store.pipelines.values() if each.arn.partition(":imagebuilder:")[2] == rest]
        return same[0] if same else super().find(request)


@defect("unknown-pipeline-known-once-asked-for", breaks="errors.resource-not-found.code")
class UnknownPipelineKnownOnceAskedFor(Behaviour):
    """Looking a pipeline up leaves an entry, as a defaultdict does, so the second request finds it."""

    def not_found(self, request: StartRequest) -> Fault:
        """Leave the entry."""
        self.store.pipelines[request.pipeline_arn] = Pipeline(request.pipeline_arn)
        return super().not_found(request)


class _NotFound(Behaviour):
    """That a pipeline does not exist is answered in some other way."""

    code: ClassVar[str] = "ResourceNotFoundException"
    status: ClassVar[int | None] = None

    def not_found(self, request: StartRequest) -> Fault:
        """Replace the code or the status."""
        return Fault(self.code, super().not_found(request).message, status=self.status)


@defect("unknown-pipeline-as-client-exception", breaks="errors.resource-not-found.code")
class UnknownPipelineAsClientException(_NotFound):
    """A pipeline that does not exist is an invalid parameter."""

    code = "ClientException"


@defect("unknown-pipeline-as-not-found", breaks="errors.resource-not-found.code")
class UnknownPipelineAsNotFound(_NotFound):
    """The code for a pipeline that does not exist is NotFoundException, which other services have."""

    code, status = "NotFoundException", 404


@defect("unknown-pipeline-crashes", breaks="errors.resource-not-found.code")
class UnknownPipelineCrashes(_NotFound):
    """A pipeline that does not exist ends in a server error."""

    code = "ServiceException"


@defect("unknown-pipeline-400", breaks="errors.resource-not-found.status")
class UnknownPipeline400(_NotFound):
    """ResourceNotFoundException has the status 400, as in AWS's older protocols."""

    status = 400


@defect("unknown-pipeline-200", breaks="errors.resource-not-found.status")
class UnknownPipeline200(_NotFound):
    """ResourceNotFoundException has the status 200; the body alone tells."""

    status = 200


# A mismatch


class _Mismatch(Behaviour):
    """A mismatch is answered in some other way."""

    code: ClassVar[str] = "IdempotentParameterMismatchException"
    status: ClassVar[int | None] = None

    def mismatch(self) -> Fault:
        """Replace the code or the status."""
        return Fault(self.code, super().mismatch().message, status=self.status)


@defect("mismatch-as-client-exception", breaks="errors.idempotent-parameter-mismatch.code")
class MismatchAsClientException(_Mismatch):
    """A mismatch is an invalid parameter like any other."""

    code = "ClientException"


@defect("mismatch-as-ec2-code", breaks="errors.idempotent-parameter-mismatch.code")
class MismatchAsEc2Code(_Mismatch):
    """The code for a mismatch is EC2's, without `Exception` at its end."""

    code, status = "IdempotentParameterMismatch", 400


@defect("mismatch-409", breaks="errors.idempotent-parameter-mismatch.status")
class Mismatch409(_Mismatch):
    """IdempotentParameterMismatchException has the status 409 Conflict."""

    status = 409


# A bad parameter


class _BadParameter(Behaviour):
    """A bad parameter is answered in some other way."""

    code: ClassVar[str] = "ClientException"
    status: ClassVar[int | None] = None

    def bad_parameter(self, reason: str) -> Fault:
        """Replace the code or the status."""
        return Fault(self.code, super().bad_parameter(reason).message, status=self.status)


@defect("bad-parameter-422", breaks="errors.bad-parameter.status")
class BadParameter422(_BadParameter):
    """A bad parameter has the status 422, as in FastAPI."""

    code, status = "ValidationException", 422


@defect("bad-parameter-forbidden", breaks="errors.bad-parameter.status")
class BadParameterForbidden(_BadParameter):
    """A bad parameter is forbidden, as by a gateway that validates what it lets in."""

    code = "ForbiddenException"


@defect("bad-parameter-crashes", breaks="errors.bad-parameter.status")
class BadParameterCrashes(_BadParameter):
    """A bad parameter ends in a server error."""

    code = "ServiceException"


@defect("bad-parameter-as-bad-request", breaks="errors.bad-parameter.code")
class BadParameterAsBadRequest(_BadParameter):
    """The code for a bad parameter is BadRequestException, which other services have."""

    code, status = "BadRequestException", 400


@defect("bad-parameter-as-resource-in-use", breaks="errors.bad-parameter.code")
class BadParameterAsResourceInUse(_BadParameter):
    """Any fault of the client has one code, ResourceInUseException."""

    code = "ResourceInUseException"


@defect("bad-parameter-undeclared", breaks="errors.bad-parameter.declared-code")
class BadParameterUndeclared(_BadParameter):
    """The code for a bad parameter is ValidationException, which the operation does not declare."""

    code, status = "ValidationException", 400


@defect("client-exception-404", breaks="errors.client.status")
class ClientException404(_BadParameter):
    """ClientException has the status 404."""

    status = 404


@defect("invalid-request-415", breaks="errors.invalid-request.status")
class InvalidRequest415(Behaviour):
    """InvalidRequestException has the status 415."""

    def unreadable(self, reason: str) -> Fault:
        """Blame the media type."""
        return Fault("InvalidRequestException", super().unreadable(reason).message, status=415)


@defect("resource-in-use-409", breaks="errors.resource-in-use.status")
class ResourceInUse409(InFlightRefused):
    """A request whose token is just being worked on is refused with ResourceInUseException and 409."""

    in_use_status = 409


# Errors of the server


@defect("service-exception-503", breaks="errors.service.status")
class ServiceException503(NowAndThen):
    """Now and then a request ends in ServiceException with the status 503."""

    def trouble(self) -> Exception:
        """The wrong status."""
        return Fault("ServiceException", "Something went wrong; retry.", status=503)


@defect("service-unavailable-500", breaks="errors.service-unavailable.status")
class ServiceUnavailable500(NowAndThen):
    """Now and then a request ends in ServiceUnavailableException with the status 500."""

    def trouble(self) -> Exception:
        """The wrong status."""
        return Fault("ServiceUnavailableException", "Come back later.", status=500)
