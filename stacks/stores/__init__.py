"""Real token stores behind one handler: what the suite says of right and of naive use. See `docs/stores.md`."""
