using System.Globalization;

namespace IMDD.Cli.Learn;

/// <summary>The result for a person.</summary>
internal static class LearnReport
{
    public static void Write(TextWriter output, LearnResult result)
    {
        Line("new kind", $"{result.NewKind}, by {result.Way}");
        Line("seconds to fleet", Number(result.SecondsToFleet));
        if (result.SecondsFromWord is { } word)
        {
            Line("seconds from the word", Number(word));
        }

        Line("labels used", Number(result.LabelsUsed));
        Line("recall", $"{Number(result.RecallNewBefore)} before, {Number(result.RecallNewAfter)} after (worst agent)");
        Line("detection", $"{Number(result.DetectionNewBefore)} before, {Number(result.DetectionNewAfter)} after (worst agent)");
        Line("naming of what is detected", $"{Number(result.NamingNewBefore)} before, {Number(result.NamingNewAfter)} after");
        Line("frames of the new kind", $"{result.Before.Frames} before, {result.After.Frames} after, of the agent with the fewest");
        Line("known kinds, points", $"{Number(result.OldKindsChangePoints)} on {result.OldKindsBefore.Frames} frames");
        foreach (var way in result.Ways ?? [])
        {
            Line(
                way.Way == "word" ? "by the word alone" : $"with {way.RegionsUsed} regions",
                $"{(way.Released ? "given to the fleet" : way.Refusal is { } why ? $"refused: {why}" : "not needed")}; naming {Number(way.New?.Naming)}, recall {Number(way.New?.Recall)}, known kinds {Number(way.OldKindsChangePoints)} points"
                    + (way.New is { } figures ? $"; {figures.Frames} other frames of each line" : ""));
        }

        Line("conservation error", Number(result.ConservationError));
        if (result.Failure is { } failure)
        {
            Line("failure", failure);
        }

        static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "none";

        void Line(string name, string value) => output.WriteLine($"{name,-28}{value}");
    }
}
