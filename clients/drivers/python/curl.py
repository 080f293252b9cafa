"""Asks for each answer with curl; called as framing.py is, without the name of a client."""

import json
import subprocess
import sys

url, text = sys.argv[1:]
# Between the answers, which curl writes one after the other.
MARK = "\n<%{http_code} %{exitcode}>\n"


def ask(path, again):
    """One curl for both, so that it keeps the connection; it waits between them as the others do."""
    urls = [url + path, *([url + path + "/again"] if again else [])]
    words = ["curl", "-sS", "--max-time", "1.5", "--rate", "300/m", "--write-out", MARK, *urls]
    out = subprocess.run(words, capture_output=True, check=False).stdout.decode("latin-1")
    said = []
    while out:
        body, _, rest = out.partition("\n<")
        told, _, out = rest.partition(">\n")
        status, code = map(int, told.split())
        said.append([status, body] if code == 0 else ["timeout" if code == 28 else f"exit {code}"])
    return said


print(json.dumps({path: ask(path, again) for path, again in json.loads(text)}))
