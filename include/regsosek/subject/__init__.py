"""What a person may ask of the data about them: where it is, that it is corrected, that it is erased.

The NIK is a parameter of a statement and nothing else: it is in no log, no table, no message. Nothing is imported here:
every refresh needs the traces of the erased, and none of the rest.
"""
