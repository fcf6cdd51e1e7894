"""Finds where a source file makes a path of a name that it did not write itself.

A path is joined by `/`, `joinpath`, `os.path.join`, `with_name`, `Path(a, b)`, by an f-string or a
sum that becomes a path, or by a pattern for `glob`. What is joined must be the file's own: a
literal, a constant, an element of one, a number, the name of a path that is there. The rest goes
through paths.py (`below`, `child`, …). Which operands of `/` are paths follows from annotations,
and from what is assigned, all over the package: one that is annotated nowhere is overlooked, and
so is a text that is a path as a whole.
"""

import ast
from collections.abc import Iterable, Iterator

MAKERS = {"Path", "PurePath", "PosixPath", "PurePosixPath", "mkdtemp", "gettempdir", "getcwd"}
TESTED = {"below", "child", "partial"}
GIVES_PATHS = {"absolute", "resolve", "with_name", "with_suffix", "joinpath", "cwd", "home"}
GLOBS = {"glob", "rglob", "iglob"}
MODULES = ("os.", "os.path.", "shutil.")
TAKES_PATHS = {"open", "sqlite3.connect", "tarfile.open", "zipfile.ZipFile", "Path", "PurePath"}
NUMBERS = {"len", "int", "os.getpid", "threading.get_ident", "uuid.uuid4", "next"}
NOT_A_PLACE = {"os.fsencode", "os.kill", "os.write", "os.fdopen", "os.path.basename"}


def last(node: ast.AST) -> str:
    """Return a name's or attribute's last word, `_` before it or not."""
    word = getattr(node, "attr", None) or getattr(node, "id", "")
    return word.lstrip("_")


def _is_path(annotation: ast.AST) -> bool:
    words = ast.unparse(annotation).strip("'\"").split(" | ")
    return any(word in ("Path", "pathlib.Path", "PurePath") for word in words)


class Knowledge:
    """Which words of a package are paths: attributes and functions everywhere, names in a file."""

    def __init__(self, trees: dict[str, ast.Module]):
        self.shared: set[str] = set()
        self.local: dict[str, set[str]] = {name: set() for name in trees}
        while self._learn(trees):
            pass

    def _learn(self, trees: dict[str, ast.Module]) -> bool:
        before = len(self.shared), sum(map(len, self.local.values()))
        for name, tree in trees.items():
            for node in ast.walk(tree):
                self._look(name, node)
        return before != (len(self.shared), sum(map(len, self.local.values())))

    def _look(self, file: str, node: ast.AST) -> None:
        if isinstance(node, ast.ClassDef):  # a dataclass's fields are known by name alone
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            self.shared |= {last(part.target) for part in fields if _is_path(part.annotation)}
        elif isinstance(node, ast.FunctionDef) and node.returns:
            if _is_path(node.returns):
                self.shared.add(last(ast.Name(node.name)))
        elif isinstance(node, ast.arg) and node.annotation and _is_path(node.annotation):
            self.local[file].add(node.arg.lstrip("_"))
        elif isinstance(node, ast.AnnAssign) and _is_path(node.annotation):
            self._add(file, node.target)
        elif isinstance(node, ast.Assign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                self._assign(file, target, node.value)
        elif isinstance(node, ast.For | ast.comprehension):
            walked = [each for each in ast.walk(node.iter) if isinstance(each, ast.Call)]
            if any(last(each.func) in {*GLOBS, "iterdir"} for each in walked):
                self._add(file, node.target)

    def _assign(self, file: str, target: ast.AST, value: ast.AST) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=False):
                self._assign(file, one, its)
        elif self.is_path(file, value):
            self._add(file, target)

    def _add(self, file: str, target: ast.AST) -> None:
        if isinstance(target, ast.Attribute):
            self.shared.add(last(target))
        elif isinstance(target, ast.Name):
            words = self.shared if target.id.isupper() else self.local[file]
            words.add(last(target))

    def is_path(self, file: str, node: ast.AST) -> bool:
        """Say whether an expression is a path, as far as is known."""
        if isinstance(node, ast.Call):
            word = last(node.func)
            return word in MAKERS | TESTED | GIVES_PATHS or word in self.shared
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return self.is_path(file, node.left)
        if isinstance(node, ast.Name):
            return last(node) in (self.shared if node.id.isupper() else self.local[file])
        if isinstance(node, ast.Attribute):
            return node.attr in ("parent",) or last(node) in self.shared
        if isinstance(node, ast.Subscript):
            return last(node.value) == "parents"
        if isinstance(node, ast.IfExp | ast.BoolOp):
            parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values
            return any(self.is_path(file, part) for part in parts)
        return False


class Own:
    """Which expressions of a function are the file's own text, whatever comes from outside."""

    def __init__(self, known: Knowledge, file: str, nodes: Iterable[ast.AST]):
        self._is_path = lambda node: known.is_path(file, node)
        self._loops: dict[str, ast.AST] = {}  # what each loop's name runs over
        for node in nodes:
            if isinstance(node, ast.For | ast.comprehension):
                names = (part for part in ast.walk(node.target) if isinstance(part, ast.Name))
                self._loops |= {name.id: node.iter for name in names}

    def __call__(self, node: ast.AST) -> bool:
        """Say whether one is."""
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("name", "stem"):
            return self._is_path(node.value)
        if isinstance(node, ast.Name) and node.id in self._loops:
            return self(self._loops[node.id])
        if isinstance(node, ast.Name | ast.Attribute):
            return last(node).isupper()
        if isinstance(node, ast.Tuple | ast.List):
            return all(self(part) for part in node.elts)
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.FormattedValue)]
            return all(_is_number(part) or self(part.value) for part in parts)
        if isinstance(node, ast.Call):
            text = ast.unparse(node.func)
            if last(node.func) in ("items", "removeprefix", "removesuffix"):
                return self(node.func.value)
            return text in NUMBERS or text == "sorted" and self(node.args[0])
        return isinstance(node, ast.Subscript) and self(node.value)


def _is_number(part: ast.FormattedValue) -> bool:
    """Say whether a place in an f-string has a format that only whole numbers take."""
    return part.format_spec is not None and ast.unparse(part.format_spec).strip("f'").endswith("d")


def _functions(tree: ast.Module) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
    """Yield every function, and the module, with the nodes that are its alone."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    pending: list[ast.AST] = [tree]
    while pending:
        scope, nodes = pending.pop(), []
        inside = list(ast.iter_child_nodes(scope))
        while inside:
            node = inside.pop()
            nodes.append(node)
            if isinstance(node, kinds):
                pending.append(node)
            else:
                inside += ast.iter_child_nodes(node)
        yield scope, nodes


def joins(sources: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (file, expression) for every join of a name that is not the file's own.

    Args:
        sources: a whole package: file name to text.
    """
    trees = {name: ast.parse(text) for name, text in sources.items()}
    known = Knowledge(trees)
    for file, tree in trees.items():
        for _, nodes in _functions(tree):
            own = Own(known, file, nodes)
            texts = {
                target.id: node.value
                for node in nodes
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in nodes:
                if any(not own(part) for part in _joined(known, file, node, texts)):
                    yield file, ast.unparse(node)


def _joined(known: Knowledge, file: str, node: ast.AST, texts: dict) -> list[ast.AST]:
    """Return what an expression joins to a path; nothing if it joins none."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return [node.right] if known.is_path(file, node.left) else []
    if not isinstance(node, ast.Call):
        return []
    word, text = last(node.func), ast.unparse(node.func)
    is_method = isinstance(node.func, ast.Attribute) and known.is_path(file, node.func.value)
    if word in ("extractall", "extract"):
        return [] if "filter='data'" in ast.unparse(node) else [ast.Name("members")]
    if word in GLOBS and node.args and (is_method or text.startswith("glob.")):
        return node.args[:1]
    if word in ("joinpath", "with_name", "with_stem") and isinstance(node.func, ast.Attribute):
        return node.args
    if text in ("os.path.join", "path.join") or text in MAKERS and len(node.args) > 1:
        return node.args[1:]
    if text in NOT_A_PLACE:
        return []
    if text in TAKES_PATHS or text.startswith(MODULES):
        return [part for argument in node.args for part in _of_text(argument, texts)]
    return []


def _of_text(node: ast.AST, texts: dict) -> list[ast.AST]:
    """Return what a text that becomes a path is put together of, after its first part."""
    node = texts.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(node, ast.IfExp):
        return _of_text(node.body, texts) + _of_text(node.orelse, texts)
    if isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.FormattedValue) else p for p in node.values]
        return parts[1:] if isinstance(node.values[0], ast.FormattedValue) else parts
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.right]
    return []
