"""boto3, in the retry mode of the option, else in that of its default."""

import boto3
import botocore.config
import botocore.exceptions
import said

options = {"retries": {"mode": said.option}} if said.option else {}
config = botocore.config.Config(read_timeout=said.PATIENCE, **options)
client = boto3.client("imagebuilder", endpoint_url=said.endpoint, region_name=said.REGION, config=config)
try:
    client.start_image_pipeline_execution(**said.call)
    said.say(ok=True)
except botocore.exceptions.ClientError as error:
    own = type(error) is not botocore.exceptions.ClientError
    said.say(ok=False, error=error.response["Error"]["Code"], by="class" if own else "code")
except Exception as error:
    said.say(ok=False, error=type(error).__name__, by="")
