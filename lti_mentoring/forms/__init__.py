"""Forms: what people may type, and how it becomes a typed draft. They check shape, not state."""
