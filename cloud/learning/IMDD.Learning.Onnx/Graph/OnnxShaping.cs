namespace IMDD.Learning.Onnx.Graph;

/// <summary>The same elements in another shape, or some of them.</summary>
public static class OnnxShaping
{
    extension(OnnxGraphBuilder graph)
    {
        /// <summary>Joins the dimensions from <paramref name="axis"/> to the last into one.</summary>
        /// <param name="value">Anything.</param>
        /// <param name="axis">The first that is joined.</param>
        /// <param name="length">What their product will be, for the shape: as an expression of theirs, or a symbol of its own.</param>
        public OnnxValue FlattenFrom(OnnxValue value, int axis, OnnxDimension length)
        {
            axis = OnnxCheck.Axis("Reshape", value, axis);
            var target = new long[axis + 1];
            target[axis] = -1;
            OnnxShape shape = [.. value.Shape.Take(axis), length];
            CheckCounts(value, shape);

            // 0 keeps a dimension as it is, -1 takes the rest.
            return graph.Node("Reshape", [value, graph.Vector(target)], value.Type, shape);
        }

        /// <summary>Puts in dimensions of length 1, at rising axes of the result.</summary>
        public OnnxValue Unsqueeze(OnnxValue value, params ReadOnlySpan<long> axes)
        {
            List<OnnxDimension> dimensions = [.. value.Shape];
            long least = 0;
            foreach (var axis in axes)
            {
                if (axis < least || axis > dimensions.Count)
                {
                    throw new OnnxGraphException($"Unsqueeze got axis {axis} of {value}; expected rising axes of the result.");
                }

                dimensions.Insert((int)axis, 1);
                least = axis + 1;
            }

            return graph.Node("Unsqueeze", [value, graph.Vector(axes)], value.Type, [.. dimensions]);
        }

        /// <summary>Takes out dimensions of length 1.</summary>
        public OnnxValue Squeeze(OnnxValue value, params ReadOnlySpan<long> axes)
        {
            List<OnnxDimension> dimensions = [.. value.Shape];
            HashSet<long> removed = [.. axes];
            foreach (var axis in removed)
            {
                if (axis < 0 || axis >= dimensions.Count || dimensions[(int)axis].Value != 1)
                {
                    throw new OnnxGraphException($"Squeeze got axis {axis} of {value}; expected one of length 1.");
                }
            }

            OnnxShape shape = [.. dimensions.Where((_, axis) => !removed.Contains(axis))];
            return graph.Node("Squeeze", [value, graph.Vector(axes)], value.Type, shape);
        }

        /// <summary>Joins values along an axis.</summary>
        public OnnxValue Concat(int axis, params ReadOnlySpan<OnnxValue> values)
        {
            var first = values[0];
            axis = OnnxCheck.Axis("Concat", first, axis);
            OnnxDimension length = 0;
            foreach (var value in values)
            {
                if (value.Type != first.Type || value.Shape.Rank != first.Shape.Rank || !value.Shape.With(axis, 1).Equals(first.Shape.With(axis, 1)))
                {
                    throw new OnnxGraphException($"Concat along {axis} got {first} and {value}.");
                }

                length = length.Value == 0 ? value.Shape[axis] : length.Plus(value.Shape[axis]);
            }

            return graph.Node("Concat", values, first.Type, first.Shape.With(axis, length), OnnxAttribute.Int("axis", axis));
        }

        /// <summary>
        /// Another shape for the same elements. A dimension of the target that is not a number is taken from the value, where it has the same
        /// one; a single one that it has not is what the rest gives, and must be that where the value's symbols say what it comes to.
        /// </summary>
        /// <exception cref="OnnxGraphException">The two cannot have as many elements.</exception>
        public OnnxValue Reshape(OnnxValue value, OnnxShape shape)
        {
            var lengths = new long[shape.Rank];
            List<int> unknown = [];
            for (var axis = 0; axis < shape.Rank; axis++)
            {
                // 0 keeps the dimension of the same axis.
                lengths[axis] = shape[axis].Value ?? 0;
                if (shape[axis].Value is null && !(axis < value.Shape.Rank && value.Shape[axis] == shape[axis]))
                {
                    unknown.Add(axis);
                }
                else if (shape[axis].Value == 0)
                {
                    throw new OnnxGraphException($"Reshape of {value} to {shape}: a dimension of no elements.");
                }
            }

            CheckCounts(value, shape);
            if (unknown.Count > 1)
            {
                return graph.Node("Reshape", [value, graph.ShapeVector(value, shape)], value.Type, shape);
            }

            if (unknown.Count == 1)
            {
                lengths[unknown[0]] = -1;
            }

            return graph.Node("Reshape", [value, graph.Vector(lengths)], value.Type, shape);
        }

        /// <summary>The same elements in the shape of another value that has as many.</summary>
        /// <exception cref="OnnxGraphException">The two cannot have as many elements.</exception>
        public OnnxValue ReshapeLike(OnnxValue value, OnnxValue like)
        {
            if (like.Shape.Count(dimension => dimension.Value is null) <= 1 || Keeps(value, like))
            {
                return graph.Reshape(value, like.Shape);
            }

            CheckCounts(value, like.Shape);
            return graph.Node("Reshape", [value, graph.Shape(like)], value.Type, like.Shape);
        }

        /// <summary>Axes in another order: axis i of the result is axis <paramref name="order"/>[i].</summary>
        public OnnxValue Transpose(OnnxValue value, params ReadOnlySpan<int> order)
        {
            var axes = order.ToArray();
            if (!axes.Order().SequenceEqual(Enumerable.Range(0, value.Shape.Rank)))
            {
                throw new OnnxGraphException($"Transpose got {value} and the order {string.Join(", ", axes)}; expected every axis once.");
            }

            OnnxShape shape = [.. axes.Select(axis => value.Shape[axis])];
            return graph.Node("Transpose", [value], value.Type, shape, OnnxAttribute.Ints("perm", [.. axes.Select(axis => (long)axis)]));
        }

        /// <summary>
        /// Elements <paramref name="start"/> up to, not with, <paramref name="end"/> along an axis; negative ones count from the end. What lies outside a known
        /// length is left out, as the operator does it; a length that is a symbol is taken to reach as far.
        /// </summary>
        public OnnxValue Slice(OnnxValue value, int axis, long start, long end)
        {
            axis = OnnxCheck.Axis("Slice", value, axis);
            var length = value.Shape[axis];
            OnnxDimension Position(long position) => length.Value is { } known ? Math.Clamp(position < 0 ? position + known : position, 0, known)
                : position == long.MaxValue ? length
                : position >= 0 ? position
                : length.Plus(position);

            var (from, to) = (Position(start), Position(end));
            OnnxDimension sliced = (from.Value, to.Value) switch
            {
                ({ } first, { } last) => Math.Max(0, last - first),
                ({ } first, null) => to.Plus(-first),
                (null, null) => Math.Max(0, (end == long.MaxValue ? 0 : end) - start),
                _ => throw new OnnxGraphException($"Slice got {value} from {start} to {end}; its length cannot be told."),
            };
            return graph.Node(
                "Slice", [value, graph.Vector(start), graph.Vector(end), graph.Vector(axis)], value.Type, value.Shape.With(axis, sliced));
        }

        /// <summary>Elements at regular steps along some axes.</summary>
        /// <param name="value">Anything.</param>
        /// <param name="axes">Along which.</param>
        /// <param name="starts">The first element of each, 64-bit integers <c>[axes]</c>.</param>
        /// <param name="steps">From one to the next, 64-bit integers <c>[axes]</c>, above 0.</param>
        /// <param name="lengths">How many that will be, for the shape.</param>
        public OnnxValue Sample(OnnxValue value, IReadOnlyList<int> axes, OnnxValue starts, OnnxValue steps, IReadOnlyList<OnnxDimension> lengths)
        {
            OnnxCheck.Is("Slice", starts, OnnxElementType.Int64);
            OnnxCheck.Is("Slice", steps, OnnxElementType.Int64);
            var shape = value.Shape;
            for (var index = 0; index < axes.Count; index++)
            {
                shape = shape.With(OnnxCheck.Axis("Slice", value, axes[index]), lengths[index]);
            }

            var ends = graph.Vector([.. axes.Select(_ => long.MaxValue)]);
            return graph.Node("Slice", [value, starts, ends, graph.Vector([.. axes.Select(axis => (long)axis)]), steps], value.Type, shape);
        }

        /// <summary>Cuts an axis of known length into equal parts.</summary>
        public IReadOnlyList<OnnxValue> Split(OnnxValue value, int axis, int parts)
        {
            axis = OnnxCheck.Axis("Split", value, axis);
            var length = OnnxCheck.Known("Split", value, axis);
            if (parts < 1 || length % parts != 0)
            {
                throw new OnnxGraphException($"Split got {value} and {parts} parts along {axis}; expected a divisor of {length}.");
            }

            var shape = value.Shape.With(axis, length / parts);
            var lengths = graph.Vector([.. Enumerable.Repeat(length / parts, parts)]);
            return graph.Node("Split", [value, lengths], [.. Enumerable.Repeat((value.Type, shape), parts)], OnnxAttribute.Int("axis", axis));
        }

        /// <summary>Adds elements before and after, one pair per axis.</summary>
        /// <param name="value">Floats.</param>
        /// <param name="pads">Per axis, how many before and after; negative ones cut off.</param>
        /// <param name="mode"><c>constant</c>, <c>reflect</c>, <c>edge</c>, or from operator set 19 <c>wrap</c>.</param>
        /// <param name="fill">What is added in <c>constant</c> mode.</param>
        public OnnxValue Pad(OnnxValue value, IReadOnlyList<(long Before, long After)> pads, string mode = "constant", float fill = 0)
        {
            OnnxCheck.IsFloat("Pad", value);
            if (pads.Count != value.Shape.Rank)
            {
                throw new OnnxGraphException($"Pad got {value} and {pads.Count} pairs; expected one per axis.");
            }

            const int WrapOpset = 19;
            if (mode == "wrap" && graph.Opset < WrapOpset)
            {
                throw new OnnxGraphException($"Pad by wrapping round takes opset {WrapOpset}; the graph has {graph.Opset}.");
            }

            OnnxShape shape = [.. value.Shape.Select((dimension, axis) => dimension.Plus(pads[axis].Before + pads[axis].After))];
            var amounts = graph.Vector([.. pads.Select(pad => pad.Before), .. pads.Select(pad => pad.After)]);
            return graph.Node(
                "Pad", [value, amounts, .. mode == "constant" && fill != 0 ? [graph.ScalarLike(value, fill)] : Array.Empty<OnnxValue>()], value.Type, shape, OnnxAttribute.Text("mode", mode));
        }

        /// <summary><c>[B, C·b², H, W]</c> to <c>[B, C, H·b, W·b]</c>, as PyTorch's pixel_shuffle orders them.</summary>
        public OnnxValue PixelShuffle(OnnxValue value, long block)
        {
            OnnxCheck.HasRank("DepthToSpace", value, 4);
            OnnxShape shape = [value.Shape[0], value.Shape[1].DividedBy(block * block), value.Shape[2].Times(block), value.Shape[3].Times(block)];
            return graph.Node("DepthToSpace", [value], value.Type, shape, OnnxAttribute.Int("blocksize", block), OnnxAttribute.Text("mode", "CRD"));
        }

        /// <summary>The lengths of a value's dimensions, as a vector.</summary>
        public OnnxValue Shape(OnnxValue value) => graph.Node("Shape", [value], OnnxElementType.Int64, [value.Shape.Rank]);

        /// <summary>Elements <paramref name="indices"/> (64-bit integers) along an axis, which takes the shape of the indices.</summary>
        public OnnxValue Gather(OnnxValue value, OnnxValue indices, int axis)
        {
            OnnxCheck.Is("Gather", indices, OnnxElementType.Int64);
            axis = OnnxCheck.Axis("Gather", value, axis);
            OnnxShape shape = [.. value.Shape.Take(axis), .. indices.Shape, .. value.Shape.Skip(axis + 1)];
            return graph.Node("Gather", [value, indices], value.Type, shape, OnnxAttribute.Int("axis", axis));
        }

        /// <summary>Repeats a value to the shape of another, by broadcasting.</summary>
        public OnnxValue ExpandLike(OnnxValue value, OnnxValue like)
            => graph.Node("Expand", [value, graph.Shape(like)], value.Type, like.Shape);

        /// <summary>Repeats a value of batch 1, <c>[1, N, C]</c>, to the batch of another.</summary>
        public OnnxValue RepeatLike(OnnxValue value, OnnxValue like)
        {
            OnnxCheck.HasRank("Expand", value, 3);
            var shape = graph.Concat(0, graph.Slice(graph.Shape(like), 0, 0, 1), graph.Vector(1, 1));
            return graph.Node("Expand", [value, shape], value.Type, [like.Shape[0], value.Shape[1], value.Shape[2]]);
        }

        /// <summary>A target shape whose symbols are read from the value when the graph runs.</summary>
        private OnnxValue ShapeVector(OnnxValue value, OnnxShape shape)
        {
            var rest = -1;
            var parts = new OnnxValue[shape.Rank];
            OnnxValue? lengths = null;
            for (var axis = 0; axis < shape.Rank; axis++)
            {
                var dimension = shape[axis];
                var source = value.Shape.ToList().IndexOf(dimension);
                if (dimension.Value is { } known)
                {
                    parts[axis] = graph.Vector(known);
                }
                else if (source >= 0)
                {
                    lengths ??= graph.Shape(value);
                    parts[axis] = graph.Slice(lengths, 0, source, source + 1);
                }
                else if (rest < 0)
                {
                    rest = axis;
                    parts[axis] = graph.Vector(-1);
                }
                else
                {
                    throw new OnnxGraphException($"Reshape of {value} to {shape}: neither {shape[rest]} nor {dimension} is a dimension of it.");
                }
            }

            return graph.Concat(0, parts);
        }
    }

    private static bool Keeps(OnnxValue value, OnnxValue like)
        => like.Shape.Select((dimension, axis) => dimension.Value is not null || (axis < value.Shape.Rank && value.Shape[axis] == dimension)).All(keeps => keeps);

    /// <summary>What both sides have is the same on both; what is left of the value must be able to be what is left of the target.</summary>
    private static void CheckCounts(OnnxValue value, OnnxShape shape)
    {
        static OnnxDimension Product(List<OnnxDimension> dimensions) => dimensions.Aggregate(OnnxDimension.Of(1), (product, dimension) => product.Times(dimension));

        List<OnnxDimension> given = [.. value.Shape];
        List<OnnxDimension> asked = [.. shape];
        asked.RemoveAll(given.Remove);
        if (!Product(given).MayBe(Product(asked)))
        {
            throw new OnnxGraphException($"Reshape of {value} to {shape}: another number of elements.");
        }
    }
}
