"""Days that count: working days, the published calendar, the civil day."""
