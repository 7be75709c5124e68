"""A training step of the edge network in PyTorch: arguments are the plan (JSON), crops, side, runs, threads; prints one JSON object."""
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

plan, (crops, side, runs, threads) = json.loads(sys.argv[1]), map(int, sys.argv[2:6])
torch.set_num_threads(threads)
torch.manual_seed(1)


def convolve(inputs, outputs, stride=1, acts=True):
    layers = [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU()) if acts else nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first, self.second = convolve(channels, channels), convolve(channels, channels, acts=False)

    def forward(self, x):
        return F.relu(self.second(self.first(x)) + x)


class Attention(nn.Module):
    def __init__(self, channels, width, heads=4):
        super().__init__()
        self.width, self.heads = width, heads
        self.projections, self.joined = nn.Conv2d(channels, 3 * width, 1, bias=False), nn.Conv2d(width, channels, 1, bias=False)

    def forward(self, x):
        batch, _, height, columns = x.shape
        query, key, value = self.projections(x).reshape(batch, 3, self.heads, self.width // self.heads, -1).transpose(3, 4).unbind(1)
        scores = query @ key.transpose(2, 3) / (self.width // self.heads) ** 0.5  # no fused call before PyTorch 2
        return x + self.joined((scores.softmax(-1) @ value).transpose(2, 3).reshape(batch, self.width, height, columns))


def separate(channels):
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False), nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())


class Merge(nn.Module):
    def __init__(self, coarse, fine, outputs, finest):
        super().__init__()
        self.coarse, self.fine = nn.Conv2d(coarse, outputs, 1, bias=False), nn.Conv2d(fine, outputs, 1)
        self.smooth = separate(outputs) if finest else convolve(outputs, outputs)

    def forward(self, coarse, fine):
        return self.smooth(F.interpolate(self.coarse(coarse), scale_factor=2, mode="nearest") + self.fine(fine))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        widths, blocks, decoder = plan["widths"], plan["blocks"], plan["decoderWidths"]
        self.colours = nn.Conv2d(3, widths[0], 3, 2, 1, bias=False)
        self.contrasts = nn.Conv2d(2, widths[0], 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(widths[0])
        self.stages = nn.ModuleList(
            nn.Sequential(convolve(widths[i - 1], widths[i], 2), *(Residual(widths[i]) for _ in range(blocks[i - 1])))
            for i in range(1, len(widths)))
        self.stages[-1].append(Attention(widths[-1], plan["attentionWidth"]))
        coarse, merges = widths[-1], []
        for level in range(len(widths) - 2, -1, -1):
            if 2 << level < plan["outputStride"]:
                break
            merges.append(Merge(coarse, widths[level], decoder[level], 2 << level == plan["outputStride"]))
            coarse = decoder[level]
        self.merges = nn.ModuleList(merges)
        self.defect, self.embedding = nn.Conv2d(coarse, 1, 1), nn.Conv2d(coarse, plan["embeddingLength"], 1)

    def contrast(self, x):
        light = F.avg_pool2d(x, 2).mean(1, keepdim=True)
        light = light - light.mean((2, 3), keepdim=True)
        fine = (light - F.avg_pool2d(light, 3, 1, 1, count_include_pad=False)) * 16
        wide = lambda t: F.avg_pool2d(F.avg_pool2d(t, 8), 5, 1, 2, count_include_pad=False)
        grow = lambda t: F.interpolate(t, scale_factor=8, mode="bilinear", align_corners=False)
        mean = wide(light)
        variance = F.relu(wide(light * light) - mean * mean) + 6e-5
        return torch.cat([fine, (light - grow(mean)) / grow(variance.sqrt())], 1)

    def forward(self, x):
        levels = [F.relu(self.norm(self.colours((x - 0.5) * 4) + self.contrasts(self.contrast(x))))]
        for stage in self.stages:
            levels.append(stage(levels[-1]))
        features = levels[-1]
        for index, merge in enumerate(self.merges):
            features = merge(features, levels[-(index + 2)])
        embedding = self.embedding(features)
        return self.defect(features), embedding / (embedding * embedding).sum(1, keepdim=True).add(1e-6).sqrt(), levels[-1].mean((2, 3))


network = Network().train()
image = torch.rand(crops, 3, side, side)
clock, processor = [], []
for run in range(runs + 1):
    start, used = time.perf_counter(), time.process_time()
    network.zero_grad(set_to_none=True)
    defect, embedding, frame = network(image)
    (defect.square().mean() + embedding.sum(1).square().mean() + frame.square().mean()).backward()
    if run > 0:
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
median = lambda times: 1000 * sorted(times)[len(times) // 2]
print(json.dumps({"version": torch.__version__, "stepMs": median(clock), "processorMs": median(processor)}))
