"""Writes what Python's RDKit says about molecules, one JSON object a line, for `compare-chem.ts` to compare with.

    python3 bench/compare-rdkit.py a.csv b.csv > reference.jsonl     (column "smiles")
    node bench/compare-chem.ts reference.jsonl

Needs the rdkit package (seen with 2022.09). Nothing in the product uses it.
"""

import csv
import json
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import rdFingerprintGenerator as generators
from rdkit.Chem.Scaffolds import MurckoScaffold

HYBRIDIZATIONS = [
    Chem.HybridizationType.SP,
    Chem.HybridizationType.SP2,
    Chem.HybridizationType.SP3,
    Chem.HybridizationType.SP3D,
    Chem.HybridizationType.SP3D2,
]
BOND_TYPES = [Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE, Chem.BondType.AROMATIC]

MORGAN = {
    "morgan-count-r2-chiral": generators.GetMorganGenerator(radius=2, includeChirality=True),
    "morgan-count-r3-chiral": generators.GetMorganGenerator(radius=3, includeChirality=True),
    # Chirality was added to more atoms before RDKit fixed a condition (2022.09 has the old one), so the definition without
    # chirality is compared as well.
    "morgan-count-r2": generators.GetMorganGenerator(radius=2),
    "morgan-count-r3": generators.GetMorganGenerator(radius=3),
    "feature-morgan-r2": generators.GetMorganGenerator(
        radius=2, atomInvariantsGenerator=generators.GetMorganFeatureAtomInvGen()
    ),
    "atom-pairs": generators.GetAtomPairGenerator(),
}
TORSIONS = generators.GetTopologicalTorsionGenerator()


def one_hot(value, choices):
    row = [0] * (len(choices) + 1)
    row[choices.index(value) if value in choices else len(choices)] = 1
    return row


def atom_row(atom):
    """Chemprop's version 1 atom features, 133 wide."""
    return (
        one_hot(atom.GetAtomicNum() - 1, list(range(100)))
        + one_hot(atom.GetTotalDegree(), [0, 1, 2, 3, 4, 5])
        + one_hot(atom.GetFormalCharge(), [-1, -2, 1, 2, 0])
        + one_hot(int(atom.GetChiralTag()), [0, 1, 2, 3])
        + one_hot(int(atom.GetTotalNumHs()), [0, 1, 2, 3, 4])
        + one_hot(atom.GetHybridization(), HYBRIDIZATIONS)
        + [1 if atom.GetIsAromatic() else 0]
        + [atom.GetMass() * 0.01]
    )


def bond_row(bond):
    """Chemprop's version 1 bond features, 14 wide."""
    return (
        [0]
        + [1 if bond.GetBondType() == t else 0 for t in BOND_TYPES]
        + [1 if bond.GetIsConjugated() else 0, 1 if bond.IsInRing() else 0]
        + one_hot(int(bond.GetStereo()), list(range(6)))
    )


def sparse(row):
    """Pairs of position and value; most of a row is zero."""
    return [[i, round(v, 6)] for i, v in enumerate(row) if v]


def mix(value):
    """MurmurHash3's 32-bit finaliser."""
    value ^= value >> 16
    value = value * 0x85EBCA6B & 0xFFFFFFFF
    value ^= value >> 13
    value = value * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def torsion_key(code):
    """Our 32-bit key of RDKit's exact 36-bit one, whose lower and upper half hold two 9-bit atom codes each."""
    return mix((mix(code & 0x3FFFF) + (code >> 18)) & 0xFFFFFFFF)


def torsions(mol):
    counts = {}
    for code, count in TORSIONS.GetSparseCountFingerprint(mol).GetNonzeroElements().items():
        key = torsion_key(code)
        counts[key] = counts.get(key, 0) + count
    return counts


def reference(smiles):
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return {"smiles": smiles, "ok": False}
    counts = {
        name: generator.GetSparseCountFingerprint(mol).GetNonzeroElements() for name, generator in MORGAN.items()
    }
    counts["torsions"] = torsions(mol)
    return {
        "smiles": smiles,
        "ok": True,
        "atoms": [sparse(atom_row(a)) for a in mol.GetAtoms()],
        "bonds": [
            [min(b.GetBeginAtomIdx(), b.GetEndAtomIdx()), max(b.GetBeginAtomIdx(), b.GetEndAtomIdx()), sparse(bond_row(b))]
            for b in mol.GetBonds()
        ],
        "counts": {name: sorted([int(k), v] for k, v in found.items()) for name, found in counts.items()},
        "triangles": sum(len(ring) == 3 for ring in mol.GetRingInfo().AtomRings()),
        "scaffold": MurckoScaffold.MurckoScaffoldSmiles(mol=mol, includeChirality=False),
    }


def read_smiles(path):
    with open(path, newline="") as file:
        if not path.endswith(".csv"):
            return [line.split()[0] for line in file if line.strip() and not line.startswith("#")]
        return [row["smiles"] for row in csv.DictReader(file)]


def main(paths):
    if not paths:
        sys.exit("usage: python3 bench/compare-rdkit.py a.csv b.smi > reference.jsonl")
    RDLogger.DisableLog("rdApp.*")
    for path in paths:
        for smiles in read_smiles(path):
            print(json.dumps({"source": path, **reference(smiles)}, separators=(",", ":")))


if __name__ == "__main__":
    main(sys.argv[1:])
