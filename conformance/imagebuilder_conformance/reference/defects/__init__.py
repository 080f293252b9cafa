"""The reference target's defects, each an honest mistake of an emulator's author, and its conformant variations."""
