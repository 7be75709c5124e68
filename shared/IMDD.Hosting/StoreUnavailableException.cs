namespace IMDD.Hosting;

/// <summary>The service's store (outcome store, database, blob folder) cannot be opened; ends the process with <see cref="ExitCodes.StoreUnavailable"/>.</summary>
/// <param name="store">Which store, with its path or server, free of secrets.</param>
/// <param name="reason">Why, and what was expected.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreUnavailableException(string store, string reason, Exception? inner = null)
    : Exception($"Cannot open {store}: {reason}", inner)
{
    /// <summary>Which store.</summary>
    public string Store { get; } = store;
}
