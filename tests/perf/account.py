"""Who signs in where the figures are taken."""

LOGIN, PASSWORD = "许文静", "雪天-扫帚-七号"
