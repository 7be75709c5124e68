using System.CommandLine;
using System.CommandLine.Parsing;
using IMDD.Learning.Networks.Masks;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>The options that let CLIP help a foundation model to name masks.</summary>
/// <param name="Ensemble"><c>--clip-ensemble</c>.</param>
/// <param name="Seen"><c>--clip-seen</c>.</param>
/// <param name="Novel"><c>--clip-novel</c>.</param>
internal sealed record ClipNaming(Option<bool> Ensemble, Option<double> Seen, Option<double> Novel)
{
    public static ClipNaming CreateOptions() => new(
        new("--clip-ensemble")
        {
            Description = "Of a foundation model: name masks together with what CLIP sees in them. CLIP's share is --clip-seen for classes of the training, else --clip-novel.",
        },
        new("--clip-seen") { Description = "CLIP's share for classes that training had, 0 to 1.", DefaultValueFactory = _ => new ClipEnsemble().Seen },
        new("--clip-novel") { Description = "CLIP's share for other classes, 0 to 1.", DefaultValueFactory = _ => new ClipEnsemble().Novel });

    /// <summary>Refuses shares that are none.</summary>
    public void Check(CommandResult result)
    {
        foreach (var share in new[] { Seen, Novel }.Where(share => result.GetValue(share) is not (>= 0 and <= 1)))
        {
            result.AddError($"{share.Name} is {result.GetValue(share)}: expected 0 to 1.");
        }
    }

    /// <summary>CLIP's shares; null where it is not asked.</summary>
    public ClipEnsemble? Read(ParseResult parsed) => parsed.GetValue(Ensemble) ? new ClipEnsemble(parsed.GetValue(Seen), parsed.GetValue(Novel)) : null;
}
