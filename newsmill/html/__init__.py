"""A web page to an article: its body found by content mass, its fields read from what the page declares."""
