"""What runners of CI take for a command in the output of a step."""

import re

# GitHub's `::command::` at the beginning of a line, blanks trimmed, and `##[command]` anywhere in it; Azure's `##vso[`
# and TeamCity's `##teamcity[`. A line also begins after a carriage return, and colours or moves of the cursor may stand
# before. The last character is the one that is escaped, so that a command that comes in pieces is still broken when its
# last piece comes.
_BEFORE = r"(?:[^\S\n]|\x1b\[[0-9;?]*[A-Za-z])*"
_COMMAND = re.compile(rf"(?:^|(?<=\r))({_BEFORE}:):|(##(?:vso|teamcity)?)\[", flags=re.MULTILINE | re.IGNORECASE)
_BEGIN = re.compile(rf"(?:.*[\r\n])?{_BEFORE}", flags=re.DOTALL)
_UNDECIDED = re.compile(r"(?:\x1b(?:\[[0-9;?]*)?)?:?")
_LONGEST_START = len("##teamcity")


def inert(text: str) -> str:
    """The text with what a runner takes for a command written as escapes."""
    if "::" not in text and "##" not in text:
        return text
    return _COMMAND.sub(lambda found: f"{found[1]}\\x3a" if found[1] else f"{found[2]}\\x5b", text)


def inert_json(text: str) -> str:
    """A JSON text, in which only strings can hold a command, and none at the beginning of a line."""
    return text.replace("##", "#\\u0023")


def last_line(text: str) -> str:
    """What is to be remembered of a text that goes on, to see a command that comes in pieces: a few characters."""
    line = _BEGIN.sub("", text, count=1)
    # With a letter in front it is no longer the beginning of a line.
    return line if _UNDECIDED.fullmatch(line) else f"x{line[-_LONGEST_START:]}"
