"""Our Qt toolkit: what every page and widget is made of. Imports the kernel, never a feature."""
