"""September of 云和社区, built and kept."""
