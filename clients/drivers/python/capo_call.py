"""capo-imagebuilder, as it is by default: it has no time-out of its own."""

import said
from capo_imagebuilder import imagebuilderClient
from capo_imagebuilder.errors import _base as base

NAMES = {"imagePipelineArn": "image_pipeline_arn", "clientToken": "client_token"}
client = imagebuilderClient(endpoint=said.endpoint, region=said.REGION)
try:
    client.start_image_pipeline_execution(**{NAMES[name]: value for name, value in said.call.items()})
    said.say(ok=True)
except Exception as error:
    own = type(error).__module__.startswith("capo_imagebuilder.errors.") and type(error).__module__ != base.__name__
    said.say(ok=False, error=type(error).__name__, by="class" if own else "")
