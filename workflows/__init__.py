"""The rules of law-making as pure functions over data.

Nothing here knows a database, a web page, a queue or the present moment: what is needed is
passed in, what would happen is returned. Nothing of one assembly stands in this code either;
an assembly is a folder of YAML files (`assemblies/`).
"""
