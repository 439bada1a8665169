"""What all tests share."""

import pytest
from hypothesis import HealthCheck, settings

# a busy two-core machine must not turn a slow example into a failure
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does."""
    return "asyncio"
