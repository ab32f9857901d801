"""Commands of one environment without an interpreter's start for each: a Python process has imported their
libraries once and forks for every command. What is imported anew is what differs: a service's own code.
"""
