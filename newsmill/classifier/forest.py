"""A forest of oblivious decision trees: each level of a tree asks one question of all lines at once."""

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees as arrays: ``features`` and ``borders`` are (trees, depth), at most 8 deep.

    ``leaves`` are those of all trees in a row; a tree's begin at its ``first_leaf``.
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
        splits = [tree["splits"] for tree in document["trees"]]
        leaves = np.array([tree["leaves"] for tree in document["trees"]], dtype=np.float32)
        return cls(
            names=tuple(document["features"]),
            features=np.array([[feature for feature, _ in levels] for levels in splits], dtype=np.intp),
            borders=np.array([[border for _, border in levels] for levels in splits], dtype=np.float32),
            leaves=leaves.ravel(),
            first_leaf=np.arange(len(leaves)) * leaves.shape[1],
            bias=float(document["bias"]),
        )

    def probabilities(self, lines: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give each line's probability of being boilerplate; ``lines`` is (lines, features)."""
        above = lines[:, self.features] > self.borders
        leaf = np.packbits(above, axis=2, bitorder="little")[:, :, 0]
        logits = self.leaves.take(leaf + self.first_leaf).sum(axis=1) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)
