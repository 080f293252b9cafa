"""The pipelines that a run makes for itself by the target's own API, and taking them away again."""
