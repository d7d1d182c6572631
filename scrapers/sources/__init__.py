"""One file or package a service that facts come from, each with a `SERVICE`."""
