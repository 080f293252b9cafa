"""Speaks to a target while a recorder of PyPI listens: `python by_python.py RECORDER`, in the recorder's environment.

TARGET is the target's URL, OUT the file to write, CALLS a JSON list of [clientToken, imagePipelineArn].
"""

# mypy: ignore-errors
# Reason: what it imports lies in environments of its own.
import contextlib
import json
import os
import sys
from pathlib import Path

TARGET, OUT = os.environ["TARGET"], Path(os.environ["OUT"])
URL = f"{TARGET}/StartImagePipelineExecution"
CALLS = json.loads(os.environ["CALLS"])


def speak_by_requests(session):
    for token, pipeline in CALLS:
        session.put(URL, json={"clientToken": token, "imagePipelineArn": pipeline}, timeout=30)


def speak_by_boto3():
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    client = boto3.client("imagebuilder", endpoint_url=TARGET, config=Config(retries={"total_max_attempts": 1}))
    for token, pipeline in CALLS:
        with contextlib.suppress(ClientError):
            client.start_image_pipeline_execution(clientToken=token, imagePipelineArn=pipeline)


def vcrpy(serializer, speak, **options):
    import vcr

    with vcr.VCR(serializer=serializer).use_cassette(str(OUT), record_mode="all", **options):
        speak()


def apart():
    import requests

    speak_by_requests(requests)


def by_requests():
    import requests

    with requests.Session() as session:
        speak_by_requests(session)


def betamax():
    import requests
    from betamax import Betamax

    session = requests.Session()
    recorder = Betamax(session, cassette_library_dir=str(OUT.parent))
    with recorder.use_cassette(OUT.stem, record="all"):
        speak_by_requests(session)
    (OUT.parent / f"{OUT.stem}.json").rename(OUT)


def requests_har():
    import requests
    from requests_har import HarDict

    har = HarDict()
    with requests.Session() as session:
        session.hooks["response"].append(har.on_response)
        speak_by_requests(session)
    OUT.write_text(json.dumps(har), encoding="utf-8")


def harlem():
    from harlem import record_to_file

    with record_to_file(str(OUT)):
        by_requests()


def boto3_log():
    import logging

    import boto3

    boto3.set_stream_logger("")
    handler = logging.getLogger("").handlers[-1]
    with OUT.open("w", encoding="utf-8") as said:
        handler.setStream(said)
        speak_by_boto3()
        handler.setStream(sys.stderr)


def warcio():
    # Before requests is imported, or it records nothing.
    from warcio.capture_http import capture_http

    with capture_http(str(OUT)):
        by_requests()


RECORDERS = {
    "vcrpy yaml": lambda: vcrpy("yaml", speak_by_boto3),
    "vcrpy json": lambda: vcrpy("json", by_requests),
    "vcrpy requests": lambda: vcrpy("yaml", by_requests),
    "vcrpy filtered": lambda: vcrpy("yaml", by_requests, filter_post_data_parameters=["clientToken"]),
    "betamax": betamax,
    "requests-har": requests_har,
    "harlem": harlem,
    "boto3 log": boto3_log,
    "warcio": warcio,
    "sdk": speak_by_boto3,
    "apart": apart,
}

if __name__ == "__main__":
    RECORDERS[sys.argv[1]]()
