"""Every way in which a pipeline's ARN is broken: the table.

A break is written as what becomes of one component, with `{}` for its text, or as a function of that text; the breaks
of the whole are functions of the ARN. Whether a candidate is malformed is for the contract's pattern to say: a break
that does not bite on an ARN (upper-casing a name of digits) is left out for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cache, partial
from urllib.parse import quote

from imagebuilder_strategies.alphabets import FOREIGN_ZEROS, foreign_digits
from imagebuilder_strategies.arn_shape import Arn

Break = str | Callable[[str], str]

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
_ARABIC, _FULL_WIDTH = FOREIGN_ZEROS[0], "\uff10"


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def _percent_encoded(text: str) -> str:
    return f"%{ord(text[0]):02X}{text[1:]}"


_COMPONENTS: Mapping[str, Mapping[str, Break]] = {
    "scheme": {
        "empty": "",
        "upper-case": str.upper,
        "capitalised": str.capitalize,
        "shortened": lambda scheme: scheme[1:],
        "other": "urn",
        "extended": "{}s",
        "extended-in-front": "x{}",
        "leading-blank": " {}",
        "leading-tab": "\t{}",
        "leading-newline": "\n{}",
        "leading-line": "x\n{}",
        "leading-junk": "junk {}",
        "leading-quote": '"{}',
        "leading-bracket": "<{}",
        "leading-colon": ":{}",
        "leading-nul": "\0{}",
        "leading-zero-width": "\u200b{}",
        "leading-byte-order-mark": "\ufeff{}",
        "trailing-blank": "{} ",
        "url": "https://{}",
        "full-width": _full_width,
    },
    "partition": {
        "empty": "",
        "upper-case": str.upper,
        "capitalised": str.capitalize,
        "shortened": "aw",
        "other": "azure",
        "extended-in-front": "x{}",
        "leading-blank": " {}",
        "leading-newline": "\n{}",
        "wildcard": "*",
        "full-width": _full_width,
    },
    "service": {
        "empty": "",
        "upper-case": str.upper,
        "capitalised": str.capitalize,
        "camel-case": "imageBuilder",
        "other": "ec2",
        "hyphenated": "image-builder",
        "extended": "{}s",
        "extended-in-front": "ec2{}",
        "leading-blank": " {}",
        "trailing-blank": "{} ",
        "trailing-newline": "{}\n",
        "wildcard": "*",
        "host-name": "{}.amazonaws.com",
        "percent-encoded": _percent_encoded,
        "dotless-i": lambda service: service.replace("i", "\u0131"),
        "full-width": _full_width,
    },
    "region": {
        "empty": "",
        "colon": "{}:{}",
        "trailing-colon": "{}:",
        "leading-colon": ":{}",
    },
    "account": {
        "empty": "",
        "letters": lambda digits: "".join(chr(ord("a") + int(digit)) for digit in digits),
        "letter-for-digit": lambda digits: digits[:-1] + "x",
        "hexadecimal": lambda digits: "0x" + digits[2:],
        "sign": lambda digits: "+" + digits[1:],
        "negative": lambda digits: "-" + digits[1:],
        "fraction": lambda digits: digits[:-2] + ".0",
        "exponent": lambda digits: digits[:-2] + "e1",
        "underscore": lambda digits: digits[:4] + "_" + digits[5:],
        "hyphens": lambda digits: "-".join([digits[:4], digits[4:8], digits[8:]]),
        "leading-blank": " {}",
        "trailing-blank": "{} ",
        "inner-blank": lambda digits: digits[:4] + " " + digits[5:],
        "blank-for-digit": lambda digits: " " + digits[1:],
        "trailing-newline": "{}\n",
        "newline-for-digit": lambda digits: digits[:-1] + "\n",
        "trailing-nul": "{}\0",
        "trailing-letter": "{}a",
        "leading-letter": "a{}",
        "followed-by-aws": "{}aws",
        "aws.upper-case": "AWS",
        "aws.trailing-blank": "aws ",
        "aws.trailing-newline": "aws\n",
        "aws.extended": "awsx",
        "aws.extended-in-front": "xaws",
        "wildcard": "*",
        "alternatives": "{}|aws",
        "arabic-indic-digits": lambda digits: foreign_digits(digits, _ARABIC),
        "arabic-indic-digit": lambda digits: digits[:-1] + foreign_digits(digits[-1], _ARABIC),
        "full-width-digits": lambda digits: foreign_digits(digits, _FULL_WIDTH),
        "full-width-digit": lambda digits: digits[:-1] + foreign_digits(digits[-1], _FULL_WIDTH),
        "mathematical-digits": lambda digits: foreign_digits(digits, FOREIGN_ZEROS[-1]),
        "superscript-digit": lambda digits: digits[:-1] + "\u00b2",
        "roman-numeral": lambda digits: digits[:-1] + "\u2164",
        "percent-encoded": _percent_encoded,
    },
    "kind": {
        "empty": "",
        "upper-case": str.upper,
        "capitalised": str.title,
        "other.image": "image",
        "other.image-recipe": "image-recipe",
        "other.container-recipe": "container-recipe",
        "other.component": "component",
        "other.distribution-configuration": "distribution-configuration",
        "other.infrastructure-configuration": "infrastructure-configuration",
        "other.lifecycle-policy": "lifecycle-policy",
        "other.workflow": "workflow",
        "shortened": "pipeline",
        "plural": "{}s",
        "underscore": lambda kind: kind.replace("-", "_"),
        "run-together": lambda kind: kind.replace("-", ""),
        "camel-case": "imagePipeline",
        "extended-in-front": "my-{}",
        "leading-blank": " {}",
        "trailing-blank": "{} ",
        "trailing-newline": "{}\n",
        "leading-slash": "/{}",
        "extra-segment": "x/{}",
        "wildcard": "*",
        "percent-encoded": _percent_encoded,
        "full-width": _full_width,
        "non-breaking-hyphen": lambda kind: kind.replace("-", "\u2011"),
    },
    "name": {
        "empty": "",
        "blank": " ",
        "upper-case": str.upper,
        "capitalised": str.capitalize,
        "trailing-upper-case": "{}X",
        "trailing-newline": "{}\n",
        "trailing-newlines": "{}\n\n",
        "trailing-carriage-return": "{}\r",
        "trailing-line-end": "{}\r\n",
        "trailing-line": "{}\nx",
        "trailing-next-line": "{}\u0085",
        "trailing-line-separator": "{}\u2028",
        "trailing-blank": "{} ",
        "trailing-tab": "{}\t",
        "trailing-no-break-space": "{}\u00a0",
        "trailing-nul": "{}\0",
        "trailing-zero-width": "{}\u200b",
        "trailing-byte-order-mark": "{}\ufeff",
        "trailing-junk": "{} junk",
        "trailing-dot": "{}.",
        "trailing-comma": "{},",
        "trailing-quote": '{}"',
        "trailing-bracket": "{}>",
        "trailing-colon": "{}:",
        "trailing-slash": "{}/",
        "trailing-backslash": "{}\\",
        "qualifier": "{}:1",
        "query": "{}?x=1",
        "fragment": "{}#x",
        "leading-blank": " {}",
        "leading-newline": "\n{}",
        "leading-slash": "/{}",
        "leading-dot": ".{}",
        "inner-blank": "{} x",
        "inner-nul": "{}\0x",
        "inner-dot": "{}.x",
        "inner-plus": "{}+x",
        "inner-at": "{}@x",
        "inner-colon": "{}:x",
        "dots": "..",
        "path-traversal": "../image-pipeline/{}",
        "path-to-itself": "./{}",
        "path-after": "{}/../{}",
        "extra-segment": "{}/x",
        "version-segment": "{}/1.0.0",
        "build-segments": "{}/1.0.0/1",
        "wildcard": "*",
        "wildcard-trailing": "{}*",
        "wildcard-question": "{}?",
        "wildcard-segment": "{}/*",
        "percent-encoded": _percent_encoded,
        "percent-encoded-slash": "{}%2Fx",
        "percent-encoded-newline": "{}%0A",
        "percent-encoded-nul": "{}%00",
        "sql": "{}' OR '1'='1",
        "template": "${{{}}}",
        "accent": "{}\u00e9",
        "accent-combining": "{}e\u0301",
        "cyrillic-letter": "{}\u0430",
        "kelvin-sign": "{}\u212a",
        "long-s": "{}\u017f",
        "dotless-i": "{}\u0131",
        "sharp-s": "{}\u00df",
        "full-width": _full_width,
        "full-width-digit": "{}\uff11",
        "arabic-indic-digit": "{}\u0661",
        "non-breaking-hyphen": "{}\u2011",
        "en-dash": "{}\u2013",
        "emoji": "{}\U0001f600",
    },
}

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

    Example:
        >>> arn = Arn.parse("arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly")
        >>> arn_breaks(12)["arn.name.capitalised"](arn)
        'arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/Nightly'
    """
    digits = "123456789012345678901234"[:account_digits]
    breaks: dict[str, Callable[[Arn], str]] = {}
    for component, changes in _COMPONENTS.items():
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

    Example:
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
