"""What a target, or who made a report, may write where others read it."""

PAYLOADS: dict[str, str] = {
    "a command to GitHub's runner": "x\n::error file=a::hijacked",
    "a command after blanks": "x\n \t::set-output name=a::hijacked",
    "a command after a carriage return": "x\r::error::hijacked",
    "a command in the middle": "x ##[error]hijacked",
    "a command to Azure's agent": "x ##vso[task.complete result=Succeeded]hijacked",
    "a command to TeamCity": "x\n##teamcity[testFailed name='hijacked']",
    "commands wherever a line is wrapped": "::error::hijacked " * 60,
    "colours": "\x1b[31mred\x1b[0m \x9b31m",
    "a title of the terminal": "\x1b]0;hijacked\x07",
    "a link of the terminal": "\x1b]8;;http://evil.test\x1b\\hijacked",
    "a line that is overwritten": "failed\rpassed\x08\x08\x7f",
    "a change of direction": "\u202eevil\u2066\u200b\ufeff",
    "line ends of all kinds": "a\x0bb\x0cc\x85d\u2028e\u2029f",
    "lone surrogates and NUL": "\udfff\ud800\x00",
    "a script": "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "an attribute": '" onmouseover="alert(1)" x=\'',
    "a template": "{{7*7}} {% raw %} ${7*7}",
    "the end of a summary": "x</summary></details>\n\n# hijacked\n\n- [a](http://evil.test)",
    "a mention": "@octocat and @org/team, #1 and !1",
    "Markdown": "**bold** `code` ``` | a | b |\n\n> # hijacked ![i](http://evil.test) <b>x</b> www.evil.test",
    "the end of CDATA": "]]></failure><failure/>&nbsp;<!--",
    "an option": "-o/tmp/hijacked",
    "a file of curl": "@/etc/hostname",
    "a word of the shell": "'; touch hijacked; $(touch hijacked) `touch hijacked` \"",
    "a table of TOML": "\"\n[[known]]\nclause = 'hijacked'",
    "rich's markup": "[red]x[/] [link=http://evil.test]y[/link]",
}

LONG = "commands wherever a line is wrapped"
# Several at once, for what takes long; together they stay below the length that is shown.
TOGETHER: dict[str, str] = {
    LONG: PAYLOADS[LONG],
    "for lines": "\n".join(PAYLOADS[name] for name in list(PAYLOADS)[:14] if name != LONG),
    "for pages and shells": "\n".join(list(PAYLOADS.values())[14:]),
}
