"""How much may pass: sliding windows over people and agents, buckets of provider keys, all in the store's clock."""
