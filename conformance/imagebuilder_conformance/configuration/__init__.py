"""Where the configuration of a run comes from, and what it may be: one module for each kind of option."""
