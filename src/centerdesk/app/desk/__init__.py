"""The desk program (服务台): start, window, shell, end."""
