"""Descriptors and path counts of Python's RDKit for src/chem/descriptors.test.ts.

    python3 bench/describe-rdkit.py < src/chem/fixtures/reference.jsonl > src/chem/fixtures/descriptors.jsonl
"""
import json
import sys

from rdkit import Chem
from rdkit.Chem import Descriptors, rdMolDescriptors as D



def count_paths(mol):
    """Paths of one to seven bonds that visit no atom twice, by length; RDKit's own lists hold closed rings as well."""
    neighbours = [[n.GetIdx() for n in a.GetNeighbors()] for a in mol.GetAtoms()]
    found = [0] * 8

    def walk(path):
        found[len(path) - 1] += 1
        if len(path) <= 7:
            for n in neighbours[path[-1]]:
                if n not in path:
                    walk(path + [n])

    for atom in range(len(neighbours)):
        walk([atom])
    return [count // 2 for count in found[1:]]


for line in sys.stdin:
    smiles = json.loads(line)["smiles"]
    mol = Chem.MolFromSmiles(smiles)
    heavy = Chem.RemoveAllHs(mol)
    paths = count_paths(heavy)
    element = lambda z: sum(a.GetAtomicNum() == z for a in mol.GetAtoms())
    print(json.dumps({
        "smiles": smiles,
        "paths": paths,
        "values": {
            "molecularWeight": round(Descriptors.MolWt(mol), 3),
            "heavyAtoms": mol.GetNumHeavyAtoms(),
            "nitrogens": element(7),
            "oxygens": element(8),
            "netCharge": Chem.GetFormalCharge(mol),
            "rings": D.CalcNumRings(mol),
            "aromaticRings": D.CalcNumAromaticRings(mol),
            "sp3CarbonFraction": D.CalcFractionCSP3(mol),
            "chi0v": D.CalcChi0v(mol),
            "chi1v": D.CalcChi1v(mol),
            "chi2v": D.CalcChi2v(mol),
        },
    }))
