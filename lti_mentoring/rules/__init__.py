"""Pure decisions: plain values in, a value out. No table, no clock, no setting."""
