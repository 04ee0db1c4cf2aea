"""Painted widgets: everything with a state beyond hover, pressed, checked and disabled (UI.md 4.6)."""
