"""The worker process for PDFs, and its caches."""
