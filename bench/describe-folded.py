"""Folded Morgan fingerprints of Python's RDKit for src/chem/fingerprints/fold.test.ts, and a network that PyTorch has exported and
its answers for src/predictor/foreign.test.ts. The molecules are the project's own reference list.

    /usr/bin/python3 bench/describe-folded.py
"""
import json

import torch
from rdkit import Chem
from rdkit.Chem import AllChem
from rdkit.Chem import rdFingerprintGenerator as generators

MOLECULES = 30
WIDTHS = (1024, 2048)

references = [json.loads(line)["smiles"] for line in open("src/chem/fixtures/reference.jsonl")]


def folded(mol, radius, width, chirality):
    generator = generators.GetMorganGenerator(radius=radius, fpSize=width, includeChirality=chirality)
    counts = sorted(generator.GetCountFingerprint(mol).GetNonzeroElements().items())
    bits = list(generator.GetFingerprint(mol).GetOnBits())
    legacy = AllChem.GetMorganFingerprintAsBitVect(mol, radius, nBits=width, useChirality=chirality)
    assert bits == list(legacy.GetOnBits()), "the two ways of RDKit differ"
    return {"radius": radius, "width": width, "chirality": chirality, "bits": bits, "counts": counts}


with open("src/chem/fixtures/folded.jsonl", "w") as out:
    for smiles in references[:MOLECULES]:
        mol = Chem.MolFromSmiles(smiles)
        combinations = [(r, w, c) for r in (2, 3) for w in WIDTHS for c in (False, True)]
        print(json.dumps({"smiles": smiles, "folded": [folded(mol, *each) for each in combinations]}), file=out)

torch.manual_seed(7)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(1024, 3)
        self.out = torch.nn.Linear(3, 1)
        with torch.no_grad():
            self.hidden.weight.mul_(20)
            self.out.bias.fill_(6)

    def forward(self, fingerprint):
        return self.out(torch.tanh(self.hidden(fingerprint)))


network = Network().eval()
axes = {"fingerprint": {0: "molecules"}, "pki": {0: "molecules"}}
torch.onnx.export(
    network, torch.zeros(1, 1024), "src/predictor/fixtures/torch-network.onnx", input_names=["fingerprint"],
    output_names=["pki"], dynamic_axes=axes, opset_version=13,
)
chosen = [s for s in references if "@" not in s][:12]
inputs = []
for smiles in chosen:
    bits = AllChem.GetMorganFingerprintAsBitVect(Chem.MolFromSmiles(smiles), 2, nBits=1024)
    inputs.append([float(bit) for bit in bits])
with torch.no_grad():
    values = network(torch.tensor(inputs)).flatten().tolist()
json.dump({"smiles": chosen, "values": values}, open("src/predictor/fixtures/torch-network.json", "w"), indent=1)
