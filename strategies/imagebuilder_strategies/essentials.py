"""The breaks that a short run sends: one for each mistake that implementations often make.

The whole tables are some hundreds of requests long; these are about a quarter of them.
"""

_ARN = """
scheme: missing upper-case other leading-blank leading-newline leading-junk leading-byte-order-mark
partition: missing empty upper-case other extended-in-front
service: missing empty upper-case other extended trailing-blank
region: missing empty colon
account: missing empty one-digit eleven-digits thirteen-digits letters letter-for-digit hyphens
account: leading-blank trailing-blank trailing-newline trailing-letter
account: arabic-indic-digits full-width-digits superscript-digit aws.upper-case aws.extended
resource-type: missing empty upper-case other.image other.image-recipe shortened plural extended-in-front extra-segment
name: missing empty blank upper-case capitalised
name: trailing-newline trailing-blank trailing-junk trailing-slash trailing-colon trailing-nul trailing-line
name: leading-blank leading-slash inner-blank inner-dot extra-segment build-segments wildcard
name: percent-encoded accent kelvin-sign full-width arabic-indic-digit
"""
_WHOLE_ARN = "empty blank only-name only-resource extra-component colon-for-slash upper-case second-line twice image"

_BODY = """
empty blank trailing-comma single-quotes comment.line comment.block truncated.closing-brace truncated.opening-brace
trailing-junk trailing-junk.brace leading-junk space.form-feed
top-level.array top-level.array-empty top-level.string top-level.string-of-json top-level.number top-level.null
unquoted-names two-objects trailing-junk.nul control-character.newline escape.short number.leading-zero word.python
format.form utf-8.stray-byte utf-8.outside-strings
byte-order-mark duplicate-member.token duplicate-member.arn word.nan lone-surrogate.high utf-16
"""

ESSENTIAL_ARN_BREAKS = frozenset(
    f"arn.{component}.{label}"
    for component, _, labels in (line.partition(": ") for line in _ARN.split("\n"))
    for label in labels.split()
) | frozenset(f"arn.{label}" for label in _WHOLE_ARN.split())

ESSENTIAL_BODY_BREAKS = frozenset(_BODY.split())
