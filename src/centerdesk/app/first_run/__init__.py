"""The wizard of the first run (首次设置)."""
