"""Audits: recorded traffic is judged by the passive checks, and nothing is sent.

`Auditor.see(exchange)` takes exchanges one after the other, from wherever they come; `Auditor.close()` gives the
report. `recordings` reads HAR files and event streams.
"""
