namespace IMDD.Learning.Onnx.Graph;

/// <summary>The same elements in another shape, or some of them.</summary>
public static class OnnxShaping
{
    extension(OnnxGraphBuilder graph)
    {
        /// <summary>Joins the dimensions from <paramref name="axis"/> to the last into one.</summary>
        public OnnxValue FlattenFrom(OnnxValue value, int axis, OnnxDimension length)
        {
            axis = OnnxCheck.Axis("Reshape", value, axis);
            var target = new long[axis + 1];
            target[axis] = -1;
            OnnxShape shape = [.. value.Shape.Take(axis), length];

            // 0 keeps a dimension as it is, -1 takes the rest.
            return graph.Node("Reshape", [value, graph.Vector(target)], value.Type, shape);
        }

        /// <summary>Puts in dimensions of length 1, at axes of the result.</summary>
        public OnnxValue Unsqueeze(OnnxValue value, params ReadOnlySpan<long> axes)
        {
            List<OnnxDimension> dimensions = [.. value.Shape];
            foreach (var axis in axes)
            {
                if (axis < 0 || axis > dimensions.Count)
                {
                    throw new OnnxGraphException($"Unsqueeze got axis {axis} of {value}; expected rising axes of the result.");
                }

                dimensions.Insert((int)axis, 1);
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
            long length = 0;
            foreach (var value in values)
            {
                if (value.Type != first.Type || value.Shape.Rank != first.Shape.Rank || !value.Shape.With(axis, 1).Equals(first.Shape.With(axis, 1)))
                {
                    throw new OnnxGraphException($"Concat along {axis} got {first} and {value}.");
                }

                length += value.Shape[axis].Value
                    ?? throw new OnnxGraphException($"Concat along {axis} got {value}; expected a known length there.");
            }

            return graph.Node("Concat", values, first.Type, first.Shape.With(axis, length), OnnxAttribute.Int("axis", axis));
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
    }
}
