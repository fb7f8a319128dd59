"""A forest of oblivious decision trees: each level of a tree asks one question of all lines at once."""

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEVELS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees as arrays, at most 8 levels deep, with their questions in a row, 8 to a tree.

    A line answers a question with yes where the feature that ``features`` names is above the border; the answers
    of a tree are the bits of one byte, the number of its leaf. No line is above the border of a level that a tree
    lacks. ``leaves`` are those of all trees in a row; a tree's begin at its ``first_leaf``.
    """

    names: tuple[str, ...]
    features: NDArray[np.intp]
    borders: NDArray[np.float32]
    leaves: NDArray[np.float32]
    first_leaf: NDArray[np.intp]
    bias: float

    @classmethod
    def parse(cls, text: str) -> "Forest":
        """Read a forest from JSON.

        >>> tree = '{"splits": [[0, 50]], "leaves": [2, -2]}'
        >>> forest = Forest.parse(f'{{"features": ["chars"], "bias": 0, "trees": [{tree}]}}')
        >>> forest.probabilities(np.array([[10.0], [100.0]])).round(2).tolist()
        [0.88, 0.12]
        """
        document = json.loads(text)
        trees = document["trees"]
        leaves = np.array([tree["leaves"] for tree in trees], dtype=np.float32)
        features = np.zeros((len(trees), _LEVELS), dtype=np.intp)
        borders = np.full((len(trees), _LEVELS), np.inf, dtype=np.float32)
        for number, tree in enumerate(trees):
            for level, (feature, border) in enumerate(tree["splits"]):
                features[number, level] = feature
                borders[number, level] = border
        return cls(
            names=tuple(document["features"]),
            features=features.ravel(),
            borders=borders.ravel(),
            leaves=leaves.ravel(),
            first_leaf=np.arange(len(leaves)) * leaves.shape[1],
            bias=float(document["bias"]),
        )

    def probabilities(self, lines: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give each line's probability of being boilerplate; ``lines`` is (lines, features)."""
        above = lines.take(self.features, axis=1) > self.borders
        leaf = np.packbits(above, bitorder="little").reshape(len(lines), -1)
        logits = self.leaves.take(leaf + self.first_leaf).sum(axis=1) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)
