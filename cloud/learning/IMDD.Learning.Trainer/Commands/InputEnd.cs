namespace IMDD.Learning.Trainer.Commands;

/// <summary>Tells when standard input ends, which it does when the program at its other end is gone, however it ended.</summary>
internal static class InputEnd
{
    /// <summary>Cancelled at the end of input, or when <paramref name="cancellation"/> is.</summary>
    public static CancellationTokenSource Watch(CancellationToken cancellation)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var token = ended.Token;
        var input = Console.OpenStandardInput();
        Thread watch = new(() =>
        {
            var ignored = new byte[256];
            while (input.Read(ignored) > 0)
            {
                // Nothing is said on it.
            }

            if (!token.IsCancellationRequested)
            {
                Cancel(ended);
            }
        })
        {
            IsBackground = true,
            Name = "input end",
        };
        watch.Start();
        return ended;
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended at the same moment.
            return;
        }
    }
}
