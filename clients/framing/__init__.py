"""What the clients under real SDKs make of answers that are framed otherwise than RFC 9112 wants, or oddly."""
