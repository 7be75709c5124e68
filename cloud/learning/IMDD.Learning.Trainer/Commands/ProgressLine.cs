using System.Globalization;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>A bar with the time left: one line rewritten on a terminal, a line now and then in a file.</summary>
internal sealed class ProgressLine(TextWriter output) : IProgress<TrainingProgress>
{
    private const int Width = 24;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private long _last;

    public void Report(TrainingProgress value)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (!_isTerminal && value.Validation is null && _last != 0 && TimeProvider.System.GetElapsedTime(_last, now) < Pause)
        {
            return;
        }

        _last = now;
        var share = value.Steps > 0 ? (double)value.Step / value.Steps : 0;
        var bar = new string('#', (int)(Width * share)).PadRight(Width, '.');
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{bar}] {100 * share,3:0} %  step {value.Step} of {(value.Steps > 0 ? value.Steps : "?")}  loss {value.Loss:0.000}{Left(value.Left)}");
        output.Write(_isTerminal ? $"\r{line}   " : line + "\n");
        if (value.Validation is { } v)
        {
            output.Write(
                $"{(_isTerminal ? "\n" : "")}validation: score {Number(v.Score)}, pixel AP {Number(v.PixelAp)}, IoU {Number(v.Iou)}, image AUROC {Number(v.ImageAuroc)}, naming {Number(v.Naming)}\n");
        }

        output.Flush();
    }

    private static string Number(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    private static string Left(TimeSpan? left)
        => left is { } time ? string.Create(CultureInfo.InvariantCulture, $"  {(int)time.TotalMinutes}:{time.Seconds:00} left") : "";
}
