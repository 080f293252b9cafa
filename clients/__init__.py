"""What real clients send and do: measured by one script outside CI, and held against the reference target in it."""
