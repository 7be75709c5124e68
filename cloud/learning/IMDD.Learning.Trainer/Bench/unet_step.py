"""A training step of the denoising network in PyTorch: arguments are the configuration (JSON), a safetensors file with weights (`unet.…`), inputs and the
expected prediction, runs, threads, device, precision, tolerance; prints one JSON object. Names of the modules are those of diffusers' checkpoints."""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

plan, path, (runs, threads), device, tolerance = json.loads(sys.argv[1]), sys.argv[2], map(int, sys.argv[3:5]), sys.argv[5], float(sys.argv[7])
kind = {"fp32": torch.float32, "bf16": torch.bfloat16}[sys.argv[6]]
torch.set_num_threads(threads)


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    types = {"F32": torch.float32, "I64": torch.int64}
    return {
        name: torch.frombuffer(data, dtype=types[entry["dtype"]], count=math.prod(entry["shape"]), offset=entry["data_offsets"][0]).reshape(entry["shape"])
        for name, entry in header.items()}


class Named(nn.Module):
    """Modules by name, for names that the checkpoints have and attributes cannot."""

    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


class Resnet(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        norm = lambda channels: nn.GroupNorm(plan["normGroups"], channels, plan["normEpsilon"])
        self.norm1, self.conv1 = norm(inputs), nn.Conv2d(inputs, outputs, 3, 1, 1)
        self.time_emb_proj = nn.Linear(4 * plan["blockOutChannels"][0], outputs)
        self.norm2, self.conv2 = norm(outputs), nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.conv_shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, time):
        hidden = self.conv1(F.silu(self.norm1(x))) + self.time_emb_proj(time)[:, :, None, None]
        return self.conv2(F.silu(self.norm2(hidden))) + self.conv_shortcut(x)


class Attention(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v = nn.Linear(width, width, False), nn.Linear(context, width, False), nn.Linear(context, width, False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x, context):
        # Written out: PyTorch has one operation for it since 2.0.
        split = lambda tokens: tokens.unflatten(2, (self.heads, -1)).transpose(1, 2)
        query, key, value = split(self.to_q(x)), split(self.to_k(context)), split(self.to_v(context))
        weights = (query * query.shape[-1] ** -0.5 @ key.transpose(2, 3)).softmax(-1)
        return self.to_out[0]((weights @ value).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn1, self.attn2 = Attention(width, width, heads), Attention(width, plan["crossAttentionWidth"], heads)
        self.ff = Named(net=nn.ModuleList([Named(proj=nn.Linear(width, 8 * width)), nn.Identity(), nn.Linear(4 * width, width)]))

    def forward(self, x, context):
        normed = self.norm1(x)
        x = x + self.attn1(normed, normed)
        x = x + self.attn2(self.norm2(x), context)
        value, gate = self.ff.net[0].proj(self.norm3(x)).chunk(2, -1)
        return x + self.ff.net[2](value * F.gelu(gate))


class Transformer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm, self.proj_in = nn.GroupNorm(plan["normGroups"], width, 1e-6), nn.Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList([Block(width, heads)])
        self.proj_out = nn.Conv2d(width, width, 1)

    def forward(self, x, context):
        tokens = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        tokens = self.transformer_blocks[0](tokens, context)
        return self.proj_out(tokens.transpose(1, 2).reshape(x.shape)) + x


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        widths, layers, heads = plan["blockOutChannels"], plan["layersPerBlock"], plan["heads"]
        last = len(widths) - 1
        self.conv_in = nn.Conv2d(plan["inChannels"], widths[0], 3, 1, 1)
        self.time_embedding = Named(linear_1=nn.Linear(widths[0], 4 * widths[0]), linear_2=nn.Linear(4 * widths[0], 4 * widths[0]))
        self.down_blocks, self.up_blocks = nn.ModuleList(), nn.ModuleList()
        width, skips = widths[0], [widths[0]]
        for level, outputs in enumerate(widths):
            block = Named(resnets=nn.ModuleList(Resnet(width if layer == 0 else outputs, outputs) for layer in range(layers)))
            if plan["downAttends"][level]:
                block.attentions = nn.ModuleList(Transformer(outputs, heads[level]) for _ in range(layers))
            width = outputs
            skips += [width] * layers
            if level < last:
                block.downsamplers = nn.ModuleList([Named(conv=nn.Conv2d(width, width, 3, 2, 1))])
                skips.append(width)
            self.down_blocks.append(block)
        self.mid_block = Named(
            resnets=nn.ModuleList([Resnet(width, width), Resnet(width, width)]), attentions=nn.ModuleList([Transformer(width, heads[last])]))
        for index in range(last + 1):
            outputs, resnets = widths[last - index], []
            for _ in range(layers + 1):
                resnets.append(Resnet(width + skips.pop(), outputs))
                width = outputs
            block = Named(resnets=nn.ModuleList(resnets))
            if plan["upAttends"][index]:
                block.attentions = nn.ModuleList(Transformer(outputs, heads[last - index]) for _ in range(layers + 1))
            if index < last:
                block.upsamplers = nn.ModuleList([Named(conv=nn.Conv2d(width, width, 3, 1, 1))])
            self.up_blocks.append(block)
        self.conv_norm_out, self.conv_out = nn.GroupNorm(plan["normGroups"], width, plan["normEpsilon"]), nn.Conv2d(width, plan["outChannels"], 3, 1, 1)

    def forward(self, sample, timesteps, context):
        half = plan["blockOutChannels"][0] // 2
        angles = timesteps.float()[:, None] * torch.exp(torch.arange(half, device=sample.device) * (-math.log(10_000) / (half - plan["frequencyShift"])))
        waves = [angles.cos(), angles.sin()] if plan["cosineFirst"] else [angles.sin(), angles.cos()]
        time = F.silu(self.time_embedding.linear_2(F.silu(self.time_embedding.linear_1(torch.cat(waves, 1).to(sample.dtype)))))
        hidden = self.conv_in(sample)
        skips = [hidden]
        for block in self.down_blocks:
            for layer, resnet in enumerate(block.resnets):
                hidden = resnet(hidden, time)
                if hasattr(block, "attentions"):
                    hidden = block.attentions[layer](hidden, context)
                skips.append(hidden)
            if hasattr(block, "downsamplers"):
                hidden = block.downsamplers[0].conv(hidden)
                skips.append(hidden)
        hidden = self.mid_block.resnets[1](self.mid_block.attentions[0](self.mid_block.resnets[0](hidden, time), context), time)
        for block in self.up_blocks:
            for layer, resnet in enumerate(block.resnets):
                hidden = resnet(torch.cat([hidden, skips.pop()], 1), time)
                if hasattr(block, "attentions"):
                    hidden = block.attentions[layer](hidden, context)
            if hasattr(block, "upsamplers"):
                hidden = block.upsamplers[0].conv(F.interpolate(hidden, scale_factor=2, mode="nearest"))
        return self.conv_out(F.silu(self.conv_norm_out(hidden)))


def wait():
    if device == "cuda":
        torch.cuda.synchronize()


def predict():
    with torch.no_grad():
        return network(*inputs)


def step():
    network.zero_grad(set_to_none=True)
    network(*inputs).square().mean().backward()


def measure(action):
    clock, processor = [], []
    for run in range(runs + 1):
        start, used = time.perf_counter(), time.process_time()
        action()
        wait()
        if run > 0:
            clock.append(time.perf_counter() - start)
            processor.append(time.process_time() - used)
    return [1000 * sorted(times)[len(times) // 2] for times in (clock, processor)]


tensors = read(path)
network = Network()
network.load_state_dict({name[len("unet."):]: tensor for name, tensor in tensors.items() if name.startswith("unet.")})
network = network.to(device, kind)
inputs = [tensors["sample"].to(device, kind), tensors["timesteps"].to(device), tensors["context"].to(device, kind)]
difference = (predict().float().cpu() - tensors["expected"]).abs().max().item()
if not difference <= tolerance:
    sys.exit(f"The prediction is off by {difference}: this is not the network.")
forward, _ = measure(predict)
clock, processor = measure(step)
print(json.dumps({"version": torch.__version__, "stepMs": clock, "processorMs": processor, "forwardMs": forward}))
