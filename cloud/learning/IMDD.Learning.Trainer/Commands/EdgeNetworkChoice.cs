using IMDD.Learning.Networks;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>What a command line says of the network that is trained. Where it says nothing of the shape, that is the start's; all else that it leaves out is as usual.</summary>
/// <param name="Size">How large.</param>
/// <param name="OutputStride">Input pixels per output pixel.</param>
/// <param name="UsesReference">Whether pictures are compared with their known-good view.</param>
/// <param name="Attention">Whether the cells of the deepest map look at each other.</param>
/// <param name="Doubled">Whether pictures are looked at at twice their size.</param>
/// <param name="CropSide">Side of a training crop, pixels.</param>
/// <param name="BatchSize">Crops a step.</param>
internal sealed record EdgeNetworkChoice(NetworkSize? Size, int? OutputStride, bool? UsesReference, bool? Attention, bool? Doubled, int? CropSide, int? BatchSize)
{
    /// <summary>Options with that network, and with crops as it takes them: as many of its cells across, whatever the size at which it looks.</summary>
    /// <param name="options">All else.</param>
    /// <param name="start">Network of the model to start from; null: there is none.</param>
    public EdgeTrainingOptions Apply(EdgeTrainingOptions options, EdgeNetworkOptions? start)
    {
        EdgeNetworkOptions usual = new();
        var isDoubled = Doubled ?? start?.Doubled ?? false;

        // Where the shape is named, all of it is: what is not named is as usual, and another start is refused.
        var kept = Size is null && OutputStride is null && UsesReference is null ? start : null;
        var network = (kept ?? usual) with
        {
            Size = Size ?? kept?.Size ?? usual.Size,
            OutputStride = OutputStride ?? kept?.OutputStride ?? (isDoubled ? usual.OutputStride / 2 : usual.OutputStride),
            UsesReference = UsesReference ?? kept?.UsesReference ?? false,
            Attention = Attention ?? start?.Attention ?? true,
            Doubled = isDoubled,
        };
        var side = new CropOptions().Side;
        return options with
        {
            Network = network,
            BatchSize = BatchSize ?? options.BatchSize,
            Crops = options.Crops with { Side = CropSide ?? (isDoubled ? side / 2 : side), OutputStride = network.OutputStride, Doubled = isDoubled },
        };
    }

    /// <summary>
    /// Options with crops as large as pictures whose defects are not marked, where nothing is said of crops. Beside a network that stays as it is only marked
    /// defects are learned.
    /// </summary>
    /// <param name="options">Of <see cref="Apply"/>.</param>
    /// <param name="data">What is learned from.</param>
    public EdgeTrainingOptions Fit(EdgeTrainingOptions options, TrainingData data)
        => CropSide is null && BatchSize is null && !options.SideBranch && data.WholeSide() is { } side ? options.ForWholes(side) : options;
}
