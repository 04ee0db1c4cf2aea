"""The Today page (今日)."""
