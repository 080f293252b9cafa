"""Recordings read by the reader of their format, and shown to an auditor in the order of their times."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace

from imagebuilder_conformance.auditing.account import Account, Accounts, Clock, LeftOut
from imagebuilder_conformance.auditing.auditor import Auditor
from imagebuilder_conformance.auditing.calls import Endpoint, LeftOutError, Maker
from imagebuilder_conformance.auditing.files import DAMAGED, File
from imagebuilder_conformance.auditing.formats import Format, format_of, nothing_read
from imagebuilder_conformance.auditing.json_values import CutShortError, NotJsonValueError
from imagebuilder_conformance.auditing.ordering import Sorter, Sourced, time_of
from imagebuilder_conformance.auditing.reading import Reading
from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_reports.errors import MisfitError, NotJsonError, UnreadableError
from imagebuilder_spec import Contract


def audit(
    files: Sequence[File], contract: Contract, auditor: Auditor, spill: Spill, *, endpoint: str | None = None
) -> Accounts:
    """Let the auditor see every call in files, and tell what was read and what was left out.

    Raises:
        ReportError: A file that was named can't be read, or is no recording.
    """
    accounts = Accounts()
    for source, exchange in exchanges(files, contract, accounts, spill, endpoint=endpoint):
        auditor.see(exchange, source)
    return accounts


def exchanges(
    files: Sequence[File], contract: Contract, accounts: Accounts, spill: Spill, *, endpoint: str | None = None
) -> Iterator[Sourced]:
    """The calls in files by their times, each after the name of its file; `accounts` tell what came of each file.

    Raises:
        ReportError: A file that was named can't be read, or is no recording.
    """
    clock, maker = Clock(), Maker(contract, Endpoint(endpoint))
    found = [(file, form) for file in files if (form := format_of(file)) is not None]
    if not found:
        raise nothing_read(files)
    sorter, streams = Sorter(spill), list[Iterator[Sourced]]()
    for number, (file, form) in enumerate(found, start=1):
        account = Account(file.name, form.name)
        accounts.each.append(account)
        prefix = f"{number}/" if len(found) > 1 else ""
        calls = _sourced(file, form, Reading(maker, clock, account, accounts.witnesses), prefix)
        if form.in_order:
            streams.append(calls)
        else:
            for source, exchange in calls:
                sorter.add(source, exchange)
    # One stream alone is in order, but for what overlaps.
    yield from streams[0] if len(found) == len(streams) == 1 else heapq.merge(*streams, sorter, key=time_of)


def _sourced(file: File, form: Format, reading: Reading, prefix: str) -> Iterator[Sourced]:
    """The exchanges of a recording, with ids that are unique among all of them; those of other targets are left out."""
    account = reading.account
    for exchange in _read(file, form, reading):
        try:
            reading.maker.expect_target(exchange.url)
        except LeftOutError:
            account.left_out[LeftOut.OTHER_TARGET] += 1
            continue
        account.calls += not exchange.request.off_operation
        yield file.name, replace(exchange, id=prefix + exchange.id) if prefix else exchange


def _read(file: File, form: Format, reading: Reading) -> Iterator[Exchange]:
    """What the reader gives.

    Raises:
        ReportError: The file can't be read, or is not what its first bytes say.
    """
    try:
        yield from form.read(file, reading)
    except CutShortError as error:
        reading.account.incomplete = f"{file.name} was cut short: {error}"
    except NotJsonValueError as error:
        raise NotJsonError(f"{file.name} is no {form.name}: {error}") from error
    except DAMAGED as error:
        raise UnreadableError(f"{file.name} is damaged: {error}") from error
    except UnicodeDecodeError as error:
        raise MisfitError(f"{file.name} is no {form.name}: it is not UTF-8") from error
    except OSError as error:
        raise UnreadableError(f"{file.name} cannot be read: {error.strerror or error}") from error
