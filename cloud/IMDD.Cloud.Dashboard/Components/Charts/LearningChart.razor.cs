using System.Globalization;
using IMDD.Contracts.Learning;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Charts;

/// <summary>Geometry of the chart, in the units of its view box.</summary>
public sealed partial class LearningChart
{
    private const int Width = 900;
    private const int Height = 280;
    private const int Left = 56;
    private const int Right = 884;
    private const int Top = 12;
    private const int Bottom = 244;
    private const double LeastSeconds = 120;

    private static readonly double[] Shares = [0, 0.25, 0.5, 0.75, 1];

    private readonly string _titleId = $"t{Guid.NewGuid():N}";
    private readonly string _descId = $"d{Guid.NewGuid():N}";

    /// <summary>What is shown.</summary>
    [Parameter]
    [EditorRequired]
    public LearningProgress Progress { get; set; } = default!;

    private double Seconds => Math.Max(LeastSeconds, Progress.ElapsedSeconds);

    private string Description
    {
        get
        {
            var last = Progress.Points[^1];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Of the newest {last.Frames} frames {last.Detected} were found and {last.Caught} rightly named as well. {Progress.Phase}.");
        }
    }

    private static double Share(LearningPoint point, int count) => point.Frames == 0 ? 0 : (double)count / point.Frames;

    private static double YOf(double share) => Bottom - (share * (Bottom - Top));

    private static string Y(double share) => Text(YOf(share));

    private static string Text(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Minute(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute} min");

    private static string PointText(LearningPoint point) => string.Create(
        CultureInfo.InvariantCulture, $"{point.AtSeconds:0} s: {point.Frames} frames, {point.Detected} found, {point.Caught} caught");

    private IEnumerable<int> Minutes()
    {
        var every = Math.Max(1, (int)Math.Ceiling(Seconds / 60 / 12));
        for (var minute = 0; minute * 60 <= Seconds; minute += every)
        {
            yield return minute;
        }
    }

    private double XOf(double seconds) => Left + (seconds / Seconds * (Right - Left));

    private string X(double seconds) => Text(XOf(seconds));

    private string Series(Func<LearningPoint, int> count)
        => string.Join(' ', Progress.Points.Select(point => $"{X(point.AtSeconds)},{Y(Share(point, count(point)))}"));
}
