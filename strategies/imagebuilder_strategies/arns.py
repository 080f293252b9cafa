"""Well-formed ARNs of pipelines and of images."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from imagebuilder_spec import Contract, load_contract
from imagebuilder_strategies.alphabets import Shape, texts
from imagebuilder_strategies.arn_shape import Arn, ArnShape, arn_shape
from imagebuilder_strategies.labels import Edge

# The ARN's pattern sets no limit. The service names pipelines with up to 128 characters; of longer ones a target
# may think what it likes.
LONGEST_NAME = 128
# Candidates: the contract's pattern decides which of them are well-formed.
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc")
_REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "local", "r")
_WORDS_FOR_ACCOUNT = ("aws", "aws-managed")
_NAMES = {
    "one-letter": "a",
    "one-digit": "0",
    "one-hyphen": "-",
    "one-underscore": "_",
    "digits": "0123456789",
    "hyphens": "---",
    "underscores": "___",
    "leading-hyphen": "-nightly",
    "trailing-hyphen": "nightly-",
    "leading-underscore": "_nightly",
    "leading-digit": "1-nightly",
    "hyphens-and-underscores": "n-i_g--h__t-_l_-y",
    "every-character": "abcdefghijklmnopqrstuvwxyz0123456789-_",
    "like-an-account": "123456789012",
    "like-a-type": "image-pipeline",
    "like-a-word": "null",
    "longest": "n" * LONGEST_NAME,
}
# A lookup by prefix, by substring or by a normalised name would find the known pipeline under these.
_NEAR_NAMES: Mapping[str, Callable[[str], str]] = {
    "known.shortened": lambda name: name[:-1],
    "known.extended": "{}x".format,
    "known.extended-in-front": "x{}".format,
    "known.trailing-hyphen": "{}-".format,
    "known.underscored": lambda name: name.replace("-", "_"),
    "known.hyphenated": lambda name: name.replace("_", "-"),
    "known.without-hyphens": lambda name: name.replace("-", "").replace("_", ""),
    "known.twice": "{0}{0}".format,
}


def pipeline_arns(*, contract: Contract | None = None, arn: str | None = None) -> st.SearchStrategy[str]:
    """Well-formed ARNs of image pipelines, known to nobody in particular.

    Args:
        contract: The revision whose pattern holds; the default one if not given.
        arn: A pipeline's ARN whose partition, region and account all the others share.

    Raises:
        ValueError: If `arn` is not well-formed.

    Examples:
        >>> pipeline_arns().example()  # doctest: +SKIP
        'arn:aws-cn:imagebuilder:cn-north-1:000000000000:image-pipeline/-x_9'
    """
    shape = arn_shape((contract or load_contract()).pipeline_arn_pattern)
    alphabet = shape.alphabet("name")
    return _arns(shape, texts(Shape(alphabet, 1, LONGEST_NAME)), arn)


def unknown_pipeline_arns(
    arn: str, *, contract: Contract | None = None, known: Collection[str] = ()
) -> st.SearchStrategy[str]:
    """Well-formed ARNs in the partition, region and account of a known pipeline, over all the legal names.

    Args:
        arn: The ARN of a known pipeline; it is never drawn.
        contract: The revision whose pattern holds; the default one if not given.
        known: Further ARNs that are never drawn.

    Raises:
        ValueError: If `arn` is not well-formed.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> unknown_pipeline_arns(nightly).example()  # doctest: +SKIP
        'arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/9__-'
    """
    taken = {arn, *known}
    edges = [edge.value for edge in unknown_pipeline_arn_edges(arn, contract=contract, known=known)]
    return (pipeline_arns(contract=contract, arn=arn) | st.sampled_from(edges)).filter(lambda drawn: drawn not in taken)


def unknown_pipeline_arn_edges(
    arn: str, *, contract: Contract | None = None, known: Collection[str] = ()
) -> tuple[Edge[str], ...]:
    """The names at the edges of what is legal, and those that resemble the known pipeline's.

    Args:
        arn: The ARN of a known pipeline, whose partition, region and account all the others share.
        contract: The revision whose pattern holds; the default one if not given.
        known: Further ARNs that do not appear.

    Raises:
        ValueError: If `arn` is not well-formed.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> unknown_pipeline_arn_edges(nightly)[0].label
        'name.one-letter'
    """
    shape = arn_shape((contract or load_contract()).pipeline_arn_pattern)
    base = _parsed(arn, shape)
    names = _NAMES | {label: near(base.name) for label, near in _NEAR_NAMES.items()}
    return _edges(shape, {f"name.{label}": replace(base, name=name) for label, name in names.items()}, {arn, *known})


def pipeline_arn_edges(arn: str, *, contract: Contract | None = None) -> tuple[Edge[str], ...]:
    """The same name elsewhere: well-formed ARNs in other partitions, regions and accounts.

    Args:
        arn: The ARN of a known pipeline; it does not appear.
        contract: The revision whose pattern holds; the default one if not given.

    Raises:
        ValueError: If `arn` is not well-formed.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> [edge.value for edge in pipeline_arn_edges(nightly) if edge.label == "account.aws"]
        ['arn:aws:imagebuilder:eu-west-1:aws:image-pipeline/nightly']
    """
    shape = arn_shape((contract or load_contract()).pipeline_arn_pattern)
    base = _parsed(arn, shape)
    digits = shape.account_digits
    elsewhere = {
        **{f"account.{word}": replace(base, account=word) for word in _WORDS_FOR_ACCOUNT},
        "account.zeros": replace(base, account="0" * digits),
        "account.other": replace(base, account="987654321098765432109876"[:digits]),
        **{f"partition.{partition}": replace(base, partition=partition) for partition in _PARTITIONS},
        "partition.unheard-of": replace(base, partition="aws-elsewhere"),
        "partition.run-on": replace(base, partition="awsx"),
        **{f"region.{region}": replace(base, region=region) for region in _REGIONS},
    }
    return _edges(shape, elsewhere, {arn})


def image_build_version_arns(*, contract: Contract | None = None, arn: str | None = None) -> st.SearchStrategy[str]:
    """Well-formed ARNs of image build versions, as a response gives them.

    Args:
        contract: The revision whose pattern holds; the default one if not given.
        arn: An ARN (a pipeline's, say) whose partition, region and account all the others share.

    Raises:
        ValueError: If `arn` has a partition, region or account that no image may have.

    Examples:
        >>> image_build_version_arns().example()  # doctest: +SKIP
        'arn:aws:imagebuilder:us-east-1:123456789012:image/nightly/2024.2.29/7'
    """
    shape = arn_shape((contract or load_contract()).image_arn_pattern)
    name, *_ = shape.components.name.split("/")
    alphabet = ArnShape("", replace(shape.components, name=name)).alphabet("name")
    versions = st.builds(_versioned, texts(Shape(alphabet, 1, 40)), st.binary(min_size=8, max_size=8))
    return _arns(shape, versions, arn)


def _versioned(name: str, drawn: bytes) -> str:
    major, minor, patch, build = (int.from_bytes(drawn[start : start + 2], "big") for start in range(0, 8, 2))
    return f"{name}/{major}.{minor}.{patch}/{build}"


def _arns(shape: ArnShape, names: st.SearchStrategy[str], arn: str | None) -> st.SearchStrategy[str]:
    if arn is not None:
        base = replace(Arn.parse(arn), kind=shape.components.kind)
        wrong = [broken for broken in shape.broken_components(base) if broken != "name"]
        if wrong:
            raise ValueError(f"expected an ARN of the contract, got {arn!r} (its {wrong[0]} is malformed)")
        head = str(replace(base, name=""))
        return names.map(head.__add__)
    digits = shape.account_digits
    # An empty account stands for one that is drawn, as most are.
    accounts = ["", "", "", "123456789012345678901234"[:digits], *_accepted(shape, "account", _WORDS_FOR_ACCOUNT)]
    places = list(product(_accepted(shape, "partition", _PARTITIONS), _accepted(shape, "region", _REGIONS), accounts))
    fixed = shape.components

    def join(place: tuple[str, str, str], number: str, name: str) -> str:
        partition, region, account = place
        return str(Arn(fixed.scheme, partition, fixed.service, region, account or number, fixed.kind, name))

    return st.builds(join, st.sampled_from(places), texts(Shape("0123456789", digits, digits)), names)


def _accepted(shape: ArnShape, component: str, candidates: Iterable[str]) -> list[str]:
    return [candidate for candidate in candidates if shape.allows_component(component, candidate)]


def _parsed(arn: str, shape: ArnShape) -> Arn:
    if not shape.allows(arn):
        raise ValueError(f"expected a well-formed ARN ({shape.pattern}), got {arn!r}")
    return Arn.parse(arn)


def _edges(shape: ArnShape, candidates: Mapping[str, Arn], taken: Collection[str]) -> tuple[Edge[str], ...]:
    seen: dict[str, Edge[str]] = {}
    for label, candidate in candidates.items():
        text = str(candidate)
        if text not in taken and shape.allows(text):
            seen.setdefault(text, Edge(text, label))
    return tuple(seen.values())
