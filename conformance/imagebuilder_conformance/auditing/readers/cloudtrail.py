"""CloudTrail: log files, `lookup-events`, EventBridge events, and rows of CloudTrail Lake or Athena.

No public record of this service was seen. The frame is documented for all of them; members inside of
`requestParameters` and `responseElements` are an analogy with other REST-JSON services. A record holds parameters and
an outcome: no status, no header, no byte. `eventTime` has whole seconds, and is when the request was made or answered.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.auditing.calls import LeftOutError, parameters_body
from imagebuilder_conformance.auditing.files import File, as_text
from imagebuilder_conformance.auditing.json_values import JsonValues
from imagebuilder_conformance.auditing.reading import Reading
from imagebuilder_conformance.client.messages import Attempt, Exchange
from imagebuilder_conformance.client.partial import PartialAnswer
from imagebuilder_spec import Contract

# CloudTrail shortens what the wire calls AccessDeniedException.
_WIRE_CODES: Mapping[str, str] = {"AccessDenied": "AccessDeniedException"}
# A map as a row of CloudTrail Lake shows it, where no value can be taken for the end of another.
_LAKE_MAP = re.compile(r"\{(?:\w+=[^,{}=]*(?:, \w+=[^,{}=]*)*)?\}")
_SECOND = 1.0


def read(file: File, reading: Reading) -> Iterator[Exchange]:
    """The calls of the operation in a file of records. Raises `NotJsonValueError`, as of `JsonValues`."""
    with file.open() as opened, as_text(opened) as text:
        records = (record for value in JsonValues(text).values() for record in _records(value))
        yield from reading.exchanges(records, lambda id_, record: _exchange(id_, record, reading))


def _records(value: Any) -> Iterator[Any]:
    """The records in a JSON value, however they are wrapped."""
    if isinstance(value, list):
        for each in value:
            yield from _records(each)
    elif isinstance(value, dict) and isinstance(value.get("Records"), list):
        yield from value["Records"]
    elif isinstance(value, dict) and isinstance(value.get("Events"), list):
        yield from value["Events"]
    else:
        yield value


def _exchange(id_: str, wrapped: Any, reading: Reading) -> Exchange:
    record = _Record(wrapped)
    service, name = str(record.get("eventSource") or ""), str(record.get("eventName") or "")
    operation = reading.maker.contract.operation
    if not service.startswith(f"{operation.signing_name}."):
        raise LeftOutError(LeftOut.OTHER_REQUEST)
    if name != operation.name:
        raise LeftOutError(LeftOut.OTHER_OPERATION)
    # Several trails may deliver a record, and to other accounts with an id of their own.
    ids = {str(record.get(each)) for each in ("eventID", "sharedEventID") if record.get(each)}
    if ids & reading.witnesses.ids:
        raise LeftOutError(LeftOut.AGAIN)
    reading.witnesses.ids.update(ids)
    parameters = record.object("requestParameters")
    body = parameters_body(parameters, reading.maker.contract)
    host = str(record.object("tlsDetails").get("clientProvidedHostHeader") or service)
    url = reading.maker.expect_call(operation.method, f"https://{host}{operation.path}", ())
    reading.witnesses.add(
        account=str(record.get("recipientAccountId") or ""),
        region=str(record.get("awsRegion") or ""),
        agent=str(record.get("userAgent") or ""),
        time=str(record.get("eventTime") or ""),
        token=str(parameters.get("clientToken")),
    )
    attempt = Attempt(
        at=reading.at(record.get("eventTime")), seconds=_SECOND, answer=_answer(record, reading.maker.contract)
    )
    return reading.maker.exchange(id_, url, (), body, (attempt,))


def _answer(record: "_Record", contract: Contract) -> PartialAnswer:
    code = record.get("errorCode")
    if code:
        return PartialAnswer(succeeded=False, code=_WIRE_CODES.get(str(code), str(code)))
    elements = record.object("responseElements")
    if record.get("errorMessage") or "message" in elements:
        # Refused, with a code that was not recorded.
        return PartialAnswer(succeeded=False)
    # That no error was recorded does not say that there was none.
    succeeded = bool(elements.keys() & contract.response_schema["properties"].keys())
    return PartialAnswer(succeeded=True, members=elements) if succeeded else PartialAnswer()


class _Record:
    """A record out of its wrapping; names in any case, and objects that may stand as text, as Athena has them."""

    def __init__(self, wrapped: Any) -> None:
        record = wrapped
        if isinstance(record, dict) and isinstance(record.get("CloudTrailEvent"), str):
            record = json.loads(record["CloudTrailEvent"])
        elif isinstance(record, dict) and isinstance(record.get("detail"), dict):
            record = record["detail"]
        if not isinstance(record, dict):
            raise ValueError("expected a record of CloudTrail, an object")  # noqa: TRY004  # told with the others
        self._members = {str(name).lower(): value for name, value in record.items()}

    def get(self, name: str) -> Any:
        return self._members.get(name.lower())

    def object(self, name: str) -> Mapping[str, Any]:
        """An object; empty where there is none, or none that can be read."""
        value = self.get(name)
        if isinstance(value, str):
            value = _parsed(value)
        return value if isinstance(value, dict) else {}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        if not _LAKE_MAP.fullmatch(text):
            return None
        pairs = (pair.split("=", 1) for pair in text[1:-1].split(", ") if pair)
        return {name: None if value == "null" else value for name, value in pairs}
