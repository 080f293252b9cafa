"""What a check works with: the probe, the requests, tokens and examples that it sends, the starts that checks share."""
