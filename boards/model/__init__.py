"""Words and rules of village disclosure: stdlib and msgspec, no disk, no network, no clock."""
