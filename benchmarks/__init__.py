"""What the product's speed is measured against. `python -m benchmarks` runs every bench."""
