"""Soaks: many users on one or more machines share tokens, and every answer is judged, also across machines.

Locust moves the users. A worker (`worker`) sends, and streams its exchanges to the master (`master`), which judges
them (`tribunal`) in memory that does not grow with the length of the soak.

The processes of a soak are patched by gevent, so each is started by `python -m imagebuilder_conformance.soaking`.
"""
