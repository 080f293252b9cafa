"""Every way in which a pipeline's ARN is broken, by label.

Whether a candidate is malformed is for the contract's pattern to say: a break that does not bite on an ARN
(upper-casing a name of digits) is for the callers to leave out.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cache, partial
from urllib.parse import quote

from imagebuilder_strategies.arn_shape import Arn
from imagebuilder_strategies.component_breaks import COMPONENT_BREAKS, Break

_NUMERALS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
)

_WHOLES: Mapping[str, Callable[[Arn], str]] = {
    "empty": lambda _: "",
    "blank": lambda _: " ",
    "newline": lambda _: "\n",
    "only-name": lambda arn: arn.name,
    "only-resource": lambda arn: f"{arn.kind}/{arn.name}",
    "only-colons": lambda _: ":::::",
    "only-scheme": lambda arn: f"{arn.scheme}:",
    "word": lambda _: "null",
    "resource.missing": lambda arn: str(arn).removesuffix(f":{arn.kind}/{arn.name}"),
    "resource.empty": lambda arn: str(arn).removesuffix(f"{arn.kind}/{arn.name}"),
    "resource-type.missing": lambda arn: str(replace(arn, kind="")).replace(":/", ":"),
    "name.missing": lambda arn: str(replace(arn, name="")).removesuffix("/"),
    "extra-component": lambda arn: str(replace(arn, account=f"{arn.account}:{arn.account}")),
    "extra-component-in-front": lambda arn: f"{arn.scheme}:{arn}",
    "region-and-account-swapped": lambda arn: str(replace(arn, region=arn.account, account=arn.region)),
    "colon-for-slash": lambda arn: str(arn).replace("/", ":", 1),
    "slash-full-width": lambda arn: str(arn).replace("/", "\uff0f", 1),
    "backslash-for-slash": lambda arn: str(arn).replace("/", "\\", 1),
    "slashes-for-colons": lambda arn: str(arn).replace(":", "/"),
    "dots-for-colons": lambda arn: str(arn).replace(":", "."),
    "colons-full-width": lambda arn: str(arn).replace(":", "\uff1a"),
    "upper-case": lambda arn: str(arn).upper(),
    "percent-encoded": lambda arn: quote(str(arn), safe=""),
    "surrounding-blanks": lambda arn: f" {arn} ",
    "surrounding-quotes": lambda arn: f'"{arn}"',
    "surrounding-brackets": lambda arn: f"[{arn}]",
    "twice": lambda arn: f"{arn}{arn}",
    "list": lambda arn: f"{arn},{arn}",
    "second-line": lambda arn: f"{arn}\n{arn}",
    "backwards": lambda arn: str(arn)[::-1],
    "image": lambda arn: f"{replace(arn, kind='image')}/1.0.0/1",
}


@cache
def arn_breaks(account_digits: int) -> Mapping[str, Callable[[Arn], str]]:
    """The breaks by label, such as `arn.name.capitalised`.

    Each makes a text of a well-formed ARN. Whether that text is malformed is for the caller to ask the pattern.

    Examples:
        >>> arn = Arn.parse("arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly")
        >>> arn_breaks(12)["arn.name.capitalised"](arn)
        'arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/Nightly'
    """
    digits = "123456789012345678901234"[:account_digits]
    breaks: dict[str, Callable[[Arn], str]] = {}
    for component, changes in COMPONENT_BREAKS.items():
        for label, change in changes.items():
            breaks[f"arn.{component_label(component)}.{label}"] = partial(_changed, component, change, digits)
    for size in (1, account_digits - 1, account_digits + 1):
        digit = "digit" if size == 1 else "digits"
        change = partial(_resized, size)
        breaks[f"arn.account.{_NUMERALS[size]}-{digit}"] = partial(_changed, "account", change, digits)
    for component in ("scheme", "partition", "service", "region", "account"):
        breaks[f"arn.{component}.missing"] = partial(_without, component)
    return breaks | {f"arn.{label}": change for label, change in _WHOLES.items()}


def component_label(component: str) -> str:
    """What the labels call a component of `Arn`.

    Examples:
        >>> component_label("kind"), component_label("name")
        ('resource-type', 'name')
    """
    return "resource-type" if component == "kind" else component


def _changed(component: str, change: Break, digits: str, arn: Arn) -> str:
    text = str(getattr(arn, component))
    if component == "account" and not text.isdecimal():
        # `aws` stands in the account's place: the breaks of digits need some.
        text = digits
    changed = change.format(text, text) if isinstance(change, str) else change(text)
    return str(replace(arn, **{component: changed}))


def _resized(size: int, digits: str) -> str:
    return (digits * 2)[:size]


def _without(component: str, arn: Arn) -> str:
    kept = [str(getattr(arn, field.name)) for field in fields(Arn)[:5] if field.name != component]
    return ":".join([*kept, f"{arn.kind}/{arn.name}"])
