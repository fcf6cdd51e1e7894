"""The networks, and what they are saved as; training and endpoints share them."""
