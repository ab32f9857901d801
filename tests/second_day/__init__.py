"""What an owner does to a service on the second day: ordinary edits, each tried on a copy of its own.

`python -m tests.second_day` tries them all and prints the table.
"""
