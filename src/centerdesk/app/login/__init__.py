"""Signing in (登录)."""
