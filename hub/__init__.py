"""Trunkline's hub: one durable pipeline from a person's message to a settled, delivered answer."""
