"""The coaching log's pages. One module per noun."""
