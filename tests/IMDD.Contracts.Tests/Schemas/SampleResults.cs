using IMDD.Testing;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>All samples, validated in one go.</summary>
public sealed class SampleResults : IAsyncLifetime
{
    private readonly Dictionary<string, SchemaResult> _results = new(StringComparer.Ordinal);

    /// <summary>Why nothing was validated, or empty.</summary>
    public string Missing { get; private set; } = "";

    public SchemaResult this[string sample] => _results[sample];

    public async ValueTask InitializeAsync()
    {
        if (NodePackages.Find(out var reason) is not { } node)
        {
            Missing = reason;
            return;
        }

        string[] samples = [.. SampleFile.Valid, .. SampleFile.Invalid];
        var results = await SchemaCheck.RunAsync(
            node,
            [.. samples.Select(s => (SampleFile.DocumentOf(s), SampleFile.Invalid.Contains(s) ? SampleFile.Read(s)["data"]! : SampleFile.Read(s)))],
            TestContext.Current.CancellationToken);
        foreach (var (sample, result) in samples.Zip(results))
        {
            _results.Add(sample, result);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
