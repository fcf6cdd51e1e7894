"""The networks and their saved forms; training and endpoints share them."""
