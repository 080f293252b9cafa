"""What an AWS SDK made of the answers: whole outputs, exceptions of the right type, retries that find their image.

The SDK is only the reader here. Where it could not have done better with an answer that keeps the protocol, nothing is
judged.
"""

from collections.abc import Collection, Iterator

from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_spec import IMAGE_HEADER


class SdkCallFailed(Failure):
    """A valid call by an SDK failed."""

    code = "sdk.call-failed"
    title = "A valid call by an AWS SDK failed"
    hint = "SDKs sign other headers than curl does, and add some of their own; compare with a request that is accepted."


class SdkOutputIncomplete(Failure):
    """The output of an SDK lacks a member, or has another token."""

    code = "sdk.output"
    title = "The output of an AWS SDK lacks what the answer should bring"
    hint = "Send one plain JSON object, not compressed, with the members named as the contract names them."


class SdkTokenStartsAnother(Failure):
    """A token that the SDK had made started another image when it came again."""

    code = "sdk.token.another-image"
    title = "A token that an AWS SDK had made started another image when it came again"
    hint = "Go by the clientToken of the body: the headers amz-sdk-* name a call, not what it asks for."


class SdkRetryRefused(Failure):
    """A call that an SDK sent again failed."""

    code = "sdk.retry.refused"
    title = "A call that an AWS SDK sent again failed"
    hint = "A retry has another signature, date and amz-sdk-request; compare the members of the body only."


class SdkRetryStartsAnother(Failure):
    """A call that an SDK sent again started another image."""

    code = "sdk.retry.another-image"
    title = "A call that an AWS SDK sent again started another image"
    hint = "Remember the token before answering, so that a retry finds its image."


class SdkNotSentAgain(Failure):
    """An SDK did not send a call again after a declared server error."""

    code = "sdk.retry.not-sent-again"
    title = "After a server error an AWS SDK does not send the call again"
    hint = "SDKs go by the status: they send again after 500, 502, 503 and 504, and after no other."


class SdkErrorUntyped(Failure):
    """An SDK does not raise the exception of an error."""

    code = "sdk.error.type"
    title = "An AWS SDK does not raise this error as it should"
    hint = "SDKs take the code from the header x-amzn-ErrorType if it is there, else from `code`, else from `__type`."


class SdkErrorMessage(Failure):
    """An SDK finds no message in an error."""

    code = "sdk.error.message"
    title = "An AWS SDK finds no message in an error"
    hint = "Send the member `message`, a text; where it is there, SDKs do not look for `Message`."


class SdkErrorStatus(Failure):
    """An error has another status."""

    code = "sdk.error.status"
    title = "An AWS SDK shows an error with another status"
    hint = "Take the status from the operation's error table."


_TAKES_AN_SDK = "it takes an AWS SDK to show it"
# A token that started an image gets it again whatever the account has left, as that starts nothing.
_EXCUSES_A_REPLAY = ALL - {Excuse.QUOTA, Excuse.BUSY}


@oracle(SdkCallFailed, SdkOutputIncomplete, replay=_TAKES_AN_SDK)
def parsed(call: SdkCall, clause: str, members: Collection[str]) -> Iterator[Finding]:
    """A valid call gives an output with these members, the token being that of the request."""
    output, token = call.output or {}, call.last.request.token
    missing = [name for name in members if not (isinstance(output.get(name), str) and output[name])]
    if call.error is not None:
        yield SdkCallFailed(clause, "a success", str(call), call.exchanges)
    elif missing:
        yield SdkOutputIncomplete(clause, f"an output with {', '.join(members)}", str(call), call.exchanges)
    elif output["clientToken"] != token:
        yield SdkOutputIncomplete(clause, f"the token {token!r}", repr(output["clientToken"]), call.exchanges)
    else:
        yield Held(clause)


@oracle(SdkCallFailed, SdkTokenStartsAnother, excused_by=_EXCUSES_A_REPLAY, replay=_TAKES_AN_SDK)
def same_image_again(first: SdkCall, again: SdkCall, clause: str) -> Iterator[Finding]:
    """A second call with the token that the SDK had made for the first gives the image of the first."""
    evidence, image = (*first.exchanges, *again.exchanges), first.last.image
    if again.error is not None:
        yield SdkCallFailed(clause, f"the image {image}", str(again), evidence)
    elif again.last.image != image:
        yield SdkTokenStartsAnother(clause, f"the image {image}", str(again.last.image), evidence)
    else:
        yield Held(clause)


@oracle(SdkRetryRefused, SdkRetryStartsAnother, excused_by=_EXCUSES_A_REPLAY, replay=_TAKES_AN_SDK)
def retried(call: SdkCall, clause: str) -> Iterator[Finding]:
    """The last sending of a call gives the SDK the image that the first had started without its knowledge."""
    image = call.exchanges[0].image
    if call.error is not None:
        yield SdkRetryRefused(clause, f"the image {image}", str(call), call.exchanges)
    elif call.last.image != image:
        yield SdkRetryStartsAnother(clause, f"the image {image}", str(call.last.image), call.exchanges)
    else:
        yield Held(clause)


@oracle(SdkNotSentAgain, SdkRetryRefused, SdkRetryStartsAnother, replay=_TAKES_AN_SDK)
def sent_again(call: SdkCall, clause: str) -> Iterator[Finding]:
    """After server errors on demand the SDK sends the call again, and gets the image that the first one hid.

    An interface that does not name it leaves open which image that was.
    """
    first, last = call.exchanges[0], call.last
    hidden = first.answer.header(IMAGE_HEADER) if first.answer else None
    if last.raises_demand:
        yield SdkNotSentAgain(clause, f"another sending after {last.request.demand}", str(call), call.exchanges)
    elif call.error is not None:
        yield SdkRetryRefused(clause, "a success, as the faults were over", str(call), call.exchanges)
    elif hidden is not None and last.image != hidden:
        yield SdkRetryStartsAnother(clause, f"the image {hidden}", str(last.image), call.exchanges)
    else:
        yield Held(clause)


@oracle(SdkErrorUntyped, SdkErrorMessage, SdkErrorStatus, replay=_TAKES_AN_SDK)
def raises(
    call: SdkCall, clause: str, codes: Collection[str], status: int, exception: str | None = None
) -> Iterator[Finding]:
    """A call raises `exception`, if one is named, with one of these codes, a message and the status.

    Server errors and throttling that nobody demanded judge nothing: the suite `core` does.
    """
    error, evidence = call.error, call.exchanges
    if error is None or error.code not in codes or exception not in {None, error.exception}:
        expected = exception or f"an error with one of the codes {', '.join(sorted(codes))}"
        yield SdkErrorUntyped(clause, expected, str(call), evidence)
    elif not (isinstance(error.message, str) and error.message):
        yield SdkErrorMessage(clause, "a message", repr(error.message), evidence)
    elif error.status != status:
        yield SdkErrorStatus(clause, str(status), str(call), evidence)
    else:
        yield Held(clause)
