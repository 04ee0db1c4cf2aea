"""The alarm over everything (报警): curtain, screen, words, sound."""
