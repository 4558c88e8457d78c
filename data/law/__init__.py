"""Statutes and orders as dated data; every figure has `valid_from`, `source`, `verified_on`."""
