"""月报 by its object names."""
