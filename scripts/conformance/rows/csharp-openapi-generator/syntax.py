"""Fails if a C# file of a folder has a syntax error."""

import sys
from pathlib import Path

import tree_sitter_c_sharp
from tree_sitter import Language, Parser

parser = Parser(Language(tree_sitter_c_sharp.language()))
files = sorted(Path(sys.argv[1]).rglob("*.cs"))
wrong = [file for file in files if parser.parse(file.read_bytes()).root_node.has_error]
print(f"{len(files)} files, {len(wrong)} with syntax errors", *wrong, sep="\n", file=sys.stderr)
sys.exit(1 if wrong or not files else 0)
