"""A small LMS of our own: an LTI 1.3 Advantage platform for the demo and the tests.

It stands on the other side of every protocol the tool speaks, so it shares no code with
it: nothing in here imports from the rest of the package. It keeps everything in memory.
"""
