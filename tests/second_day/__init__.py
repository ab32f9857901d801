"""What an owner does to a service on the second day: ordinary edits, tried on copies of it.

`python -m tests.second_day` tries each alone and prints the table; the tests try those together that cannot
hide one another's faults, see tests/second_day/groups.py.
"""
