using Spectre.Console;

namespace IMDD.Cli.Demo;

/// <summary>Progress where there is no terminal to draw on: a line every few seconds.</summary>
internal sealed class ProgressLines(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long? _shown;

    public void Show(string text)
    {
        if (_shown is not { } shown || time.GetElapsedTime(shown) >= Interval)
        {
            _shown = time.GetTimestamp();
            console.WriteLine(text);
        }
    }
}
