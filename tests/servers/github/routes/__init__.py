"""The endpoints the local GitHub serves, by what they are about."""
