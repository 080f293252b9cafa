"""How a driver is called and what it prints: `DRIVER [OPTION] ENDPOINT CALL`, a JSON object of what its user gets.

`ok` is whether an image was started. Otherwise `by` is how the caller can tell which error it was: a class of its own
(`class`), a code in a common class (`code`), an answer that the client returns unread (`answer`), a text (`text`), or
not at all (empty).
"""

import json
import sys
from typing import Any

REGION = "us-east-1"
PATIENCE = 1.0
PATH = "/StartImagePipelineExecution"
option = sys.argv[1] if len(sys.argv) > 3 else ""
endpoint = sys.argv[-2]
call: dict[str, str] = json.loads(sys.argv[-1])


def say(**members: Any) -> None:
    """Print it."""
    print(json.dumps(members))


def say_answer(status: int, text: str) -> None:
    """What a client hands over that knows nothing of the operation."""
    say(ok=True) if status == 200 else say(ok=False, error=str(status), by="answer" if "essage" in text else "")
