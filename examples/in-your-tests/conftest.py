"""The targets are the examples beside this folder."""

import sys
from pathlib import Path

_EXAMPLES = Path(__file__).parents[1]
sys.path += [str(_EXAMPLES / "emulator"), str(_EXAMPLES / "targets" / "python")]
