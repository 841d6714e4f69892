"""The rules of an assembly's law-making: pure Python, without clock, database or network."""
