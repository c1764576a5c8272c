"""What ``kam check`` looks at, one file a subject; :mod:`kamtools.workspace.checks.whole` puts them together."""
