"""Pages of companies, by noun."""
