"""Writes torch.json: numbers of PyTorch that the tests of optimisers and losses compare with.

    python3 src/tensor/reference/make.py    (Debian: python3-torch; made with 1.13)

The optimisers minimise f(x) = sum(a * x^2 / 2 + b * sin(3 x)) in float64, so that the gradient is known: a * x + 3 b cos(3 x).
"""
import json, os
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
START = [0.5, -1.5, 2.0, 0.0, 3.25, -0.125]
A = [1.0, 0.5, 2.0, 0.25, 4.0, 8.0]
B = [0.5, -0.25, 0.75, 1.0, 0.0, -0.5]


def run(make, steps=25, clip=None, decay=None):
    x = torch.tensor(START, requires_grad=True)
    a, b = torch.tensor(A), torch.tensor(B)
    optimiser, path, norms, average = make([x]), [], [], x.detach().clone()
    for _ in range(steps):
        optimiser.zero_grad()
        (a * x * x / 2 + b * torch.sin(3 * x)).sum().backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_([x], clip if clip else float("inf"))))
        optimiser.step()
        if decay:
            average.mul_(decay).add_(x.detach(), alpha=1 - decay)
        path.append(x.detach().tolist())
    return {"path": path, "norms": norms, "average": average.tolist()}


optimisers = {
    "sgd": run(lambda p: torch.optim.SGD(p, lr=0.05)),
    "sgd-momentum-decay": run(lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.1)),
    "adam": run(lambda p: torch.optim.Adam(p, lr=0.05)),
    "adam-decay-clip": run(lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2), clip=2.0),
    "adamw-average": run(lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.3), decay=0.9),
}

prediction = torch.tensor([0.2, -1.0, 3.0, 0.5, 2.0, -2.5], requires_grad=True)
target = torch.tensor([0.0, 1.0, 2.5, 0.5, -1.0, -2.0])
losses = {}
for name, loss in {"squaredError": F.mse_loss, "absoluteError": F.l1_loss, "huber": lambda p, t, reduction: F.huber_loss(p, t, reduction=reduction, delta=0.75)}.items():
    prediction.grad = None
    value = loss(prediction, target, reduction="none")
    value.sum().backward()
    losses[name] = {"value": value.tolist(), "gradient": prediction.grad.tolist()}

out = {"start": START, "a": A, "b": B, "optimisers": optimisers, "prediction": prediction.tolist(), "target": target.tolist(), "losses": losses}
json.dump(out, open(os.path.join(os.path.dirname(__file__), "torch.json"), "w"))
