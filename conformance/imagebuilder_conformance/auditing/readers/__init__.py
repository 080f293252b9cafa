"""One module for each format of recordings: what it holds of the operation's calls, and nothing that it can't know.

A reader is a function `read(file, reading)` that gives exchanges, and a line in the table of `formats`.
"""
