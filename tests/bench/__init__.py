"""Benchmarks: each prints ratios against something bare. They inform, they are not tests."""
