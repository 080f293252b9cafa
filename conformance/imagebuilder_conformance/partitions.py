"""AWS's partitions, from `partitions.toml`: which hosts are AWS's own, and which suffix a region has."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

# Second-level names that AWS uses under one top-level domain after the other.
_NAMES_OF_AWS = frozenset({"amazonaws", "amazonwebservices"})
# How many labels may follow such a name: `com`, or `com.cn`.
_LABELS_AFTER = 2


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition; `regions` is the pattern of its regions' names."""

    id: str
    regions: str
    suffix: str
    dual_stack: str


@dataclass(frozen=True, slots=True)
class Partitions:
    """The partitions that the named version of botocore knows; `others` are further suffixes of Amazon's own."""

    botocore: str
    others: tuple[str, ...]
    partitions: tuple[Partition, ...]

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of AWS's hosts, each once."""
        known = (suffix for each in self.partitions for suffix in (each.suffix, each.dual_stack))
        return tuple(dict.fromkeys([*known, *self.others]))

    def of_region(self, region: str) -> Partition:
        """The partition of a region; that of a region which none names is the first one, as in botocore."""
        return next((each for each in self.partitions if re.search(each.regions, region)), self.partitions[0])


@cache
def load_partitions() -> Partitions:
    """Read `partitions.toml`."""
    data = tomllib.loads((files(__package__) / "partitions.toml").read_text(encoding="utf-8"))
    partitions = tuple(Partition(**each) for each in data["partition"])
    return Partitions(data["botocore"], tuple(data["others"]), partitions)


@lru_cache
def is_aws_host(host: str) -> bool:
    """Whether a host is AWS's own, where an accepted call starts a real image build.

    A name of AWS's under a top-level domain that no partition has counts too: in doubt a host is AWS's.
    """
    host = host.lower().strip("[]").rstrip(".")
    return f".{host}".endswith(tuple(f".{suffix}" for suffix in load_partitions().suffixes)) or not (
        _NAMES_OF_AWS.isdisjoint(host.split(".")[-1 - _LABELS_AFTER :])
    )
