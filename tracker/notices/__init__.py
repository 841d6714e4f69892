"""Who is told. A notice is a row of the transaction that it tells of; sending it comes after."""
