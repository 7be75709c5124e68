namespace IMDD.Contracts.CloudEvents;

/// <summary>One CloudEvents 1.0 event: context attributes and data, independent of the transport.</summary>
public sealed record CloudEvent
{
    private static readonly Dictionary<string, string> EmptyExtensions = new(StringComparer.Ordinal);

    /// <summary>Unique within the source; the key of deduplication.</summary>
    public required string Id { get; init; }

    /// <summary>Who wrote it, a URI reference: one source is one writer with one sequence.</summary>
    public required string Source { get; init; }

    /// <summary>What happened, such as <c>io.imdd.inspection.outcome.v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>When it happened; for everything about a frame, the middle of its exposure. Null only from foreign writers.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Media type of <see cref="Data"/>.</summary>
    public string? DataContentType { get; init; }

    /// <summary>URI of the schema of <see cref="Data"/>.</summary>
    public string? DataSchema { get; init; }

    /// <summary>What it is about within the source, such as <c>cam1/part/SN123456</c>.</summary>
    public string? Subject { get; init; }

    /// <summary>Every other attribute by its bare name (lower-case letters and digits).</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = EmptyExtensions;

    /// <summary>The payload; empty with a null <see cref="DataContentType"/> when there is none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The extension's value, or null.</summary>
    public string? Extension(string name) => Extensions.TryGetValue(name, out var value) ? value : null;

    /// <summary>The same event with one extension added or replaced.</summary>
    public CloudEvent WithExtension(string name, string value)
        => this with { Extensions = new Dictionary<string, string>(Extensions, StringComparer.Ordinal) { [name] = value } };
}
