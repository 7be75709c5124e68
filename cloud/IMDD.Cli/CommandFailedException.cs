using IMDD.Hosting;

namespace IMDD.Cli;

/// <summary>A verb cannot do what it was asked; the message says what was expected.</summary>
public sealed class CommandFailedException(string message, int exitCode = ExitCodes.Failed, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>128 + SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;

    /// <summary>Exit code of the process; never 0.</summary>
    public int ExitCode { get; } = exitCode;
}
