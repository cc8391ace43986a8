"""Rewriting: what no class can be taught: `x.shape.as_list()` and `x.shape[1].value`, since shapes are torch's own.

    y_pred.shape.as_list()[-1]     ->  y_pred.get_shape().as_list()[-1]
    x.shape[1].value               ->  x.shape[1]
    input_shape.as_list()          ->  list(input_shape)
    np.array(x)                    ->  rows(np.array)(x), for rows of different lengths (see `ragged`)
    float(x), "%d" % x, a[i] = x   ->  number(float)(x), percent("%d", x), put(x, a, i), for arrays of one number (see `lone`)
    print(x.shape)                 ->  print(spoken(x.shape)), in TensorFlow's words (see `spoken`)
    for x in y                     ->  for x in rounds(y), in a trial that is shortened (see `looping`)

Lines and columns stay those of the script.
"""

import ast

from nabi.as_keras.scripts import looping, spoken
from nabi.as_keras.scripts.lone import Numbers, by_numba
from nabi.as_keras.scripts.ragged import Arrays

ARRAYS = ("array(", "np.delete(", "np.append(", "np.insert(", "np.take(", "np.save(", "float(", "int(", "round(", "math.",
          "] = ", "]=", " % ", "%(", "% (", "'%", '"%')  # fmt: skip


def rewritten(tree: ast.Module) -> ast.Module:
    """The tree with such calls in the spelling that tensors understand.

    Example:
        >>> ast.unparse(rewritten(ast.parse("n = x.shape.as_list()[1] + y.shape[0].value")))
        'n = x.get_shape().as_list()[1] + y.shape[0]'
    """
    tree = spoken.Words().visit(Shapes().visit(tree))
    if not by_numba(tree):
        tree = Numbers().visit(Arrays().visit(tree))
    return looping.Loops().visit(tree) if looping.limited() else tree


def concerns(source: str | bytes) -> bool:
    """Whether a text has such a call."""
    text = source if isinstance(source, str) else source.decode("utf-8", errors="replace")
    if looping.limited() and "for " in text or any(word in text for word in (*ARRAYS, *spoken.ASKED)):
        return True
    return "shape" in text and (".as_list()" in text or "].value" in text or ".ndims" in text)


class Shapes(ast.NodeTransformer):
    """Finds the calls."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == "as_list" and isinstance(called.value, ast.Name):
            if called.value.id.endswith("shape"):
                name = ast.copy_location(ast.Name("list", ast.Load()), called)
                return ast.copy_location(ast.Call(name, [called.value], []), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        inner = node.value
        if node.attr in ("as_list", "ndims", "num_elements") and isinstance(inner, ast.Attribute) and inner.attr == "shape":
            asked = ast.copy_location(ast.Attribute(inner.value, "get_shape", ast.Load()), inner)
            node.value = ast.copy_location(ast.Call(asked, [], []), inner)
        elif node.attr == "value" and isinstance(inner, ast.Subscript):
            of = inner.value
            if isinstance(of, ast.Name) and of.id.endswith("shape"):
                return inner
            called = isinstance(of, ast.Call) and isinstance(of.func, ast.Attribute) and of.func.attr == "get_shape"
            if called or isinstance(of, ast.Attribute) and of.attr in ("shape", "_shape", "_keras_shape"):
                return inner
        return node
