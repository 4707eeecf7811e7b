# A placeholder.
