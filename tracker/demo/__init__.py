"""Sample people and acts, to look at the product with. Every one of them is marked as a sample."""
