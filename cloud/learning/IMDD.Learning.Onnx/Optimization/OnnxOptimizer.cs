using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Optimization;

/// <summary>Runs the passes that were asked for, in the order in which one makes work for the next.</summary>
internal static class OnnxOptimizer
{
    public static void Run(OnnxGraph graph, OnnxOptimizations optimizations)
    {
        if (optimizations.HasFlag(OnnxOptimizations.RemoveUnused))
        {
            UnusedRemoval.Run(graph);
        }

        if (optimizations.HasFlag(OnnxOptimizations.FoldConstants))
        {
            ConstantFolding.Run(graph);
        }

        if (optimizations.HasFlag(OnnxOptimizations.FoldBatchNormalization))
        {
            BatchNormalizationFolding.Run(graph);
        }

        if (optimizations.HasFlag(OnnxOptimizations.RemoveUnused))
        {
            UnusedRemoval.Run(graph);
        }

        if (optimizations.HasFlag(OnnxOptimizations.ShareConstants))
        {
            ConstantSharing.Run(graph);
        }
    }
}
