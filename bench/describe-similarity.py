"""Similarities and Butina clusters of Python's RDKit, for src/recipes/similarity/butina.test.ts; the molecules are the simulated example's.

    python3 bench/describe-similarity.py > src/recipes/similarity/fixtures/butina.json

Needs the rdkit package (seen with 2022.09). Nothing in the product uses it.
"""

import csv
import json
from pathlib import Path

from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator as generators
from rdkit.ML.Cluster import Butina

EXAMPLE = Path(__file__).parent.parent / "resources/example/simulated-assay.csv"
MORGAN = generators.GetMorganGenerator(radius=2, includeChirality=True)
THRESHOLD = 0.5
EVERY = 6

with open(EXAMPLE) as file:
    smiles = [row["smiles"] for row in csv.DictReader(file)][::EVERY]
prints = [MORGAN.GetSparseCountFingerprint(Chem.MolFromSmiles(s)) for s in smiles]
# RDKit takes the last of those with equally many neighbours, we the first: it gets them back to front.
turned = prints[::-1]
distances = [1 - DataStructs.TanimotoSimilarity(turned[i], turned[j]) for i in range(len(turned)) for j in range(i)]
found = Butina.ClusterData(distances, len(turned), 1 - THRESHOLD, isDistData=True)
cluster = [0] * len(smiles)
for number, members in enumerate(found):
    for member in members:
        cluster[len(smiles) - 1 - member] = number
print(json.dumps({
    "threshold": THRESHOLD,
    "fingerprints": [sorted([key % 2**32, count] for key, count in p.GetNonzeroElements().items()) for p in prints],
    "similarities": [round(DataStructs.TanimotoSimilarity(prints[0], p), 6) for p in prints],
    "cluster": cluster,
}, separators=(",", ":")))
