"""aiobotocore, as it is by default."""

import asyncio

import aiobotocore.config
import aiobotocore.session
import botocore.exceptions
import said


async def main() -> None:
    """Make the call."""
    config = aiobotocore.config.AioConfig(read_timeout=said.PATIENCE)
    session = aiobotocore.session.get_session()
    making = session.create_client("imagebuilder", endpoint_url=said.endpoint, region_name=said.REGION, config=config)
    async with making as client:
        try:
            await client.start_image_pipeline_execution(**said.call)
            said.say(ok=True)
        except botocore.exceptions.ClientError as error:
            own = type(error) is not botocore.exceptions.ClientError
            said.say(ok=False, error=error.response["Error"]["Code"], by="class" if own else "code")
        except Exception as error:
            said.say(ok=False, error=type(error).__name__, by="")


asyncio.run(main())
