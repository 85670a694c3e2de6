"""Raw text to the registry: keys, typed items, pseudonyms, faults of cells and records."""
