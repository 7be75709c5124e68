namespace IMDD.Contracts.Identity;

/// <summary>
/// A CloudEvents <c>source</c>: one writer with one sequence, as a URI reference below the place it works for, such as
/// <c>//acme/ulm/paint/line2/cell3/agent/box7</c>.
/// </summary>
public sealed record EventSource
{
    private readonly string _uri;

    private EventSource(string uri) => _uri = uri;

    /// <summary>An edge agent: <c>//{asset}/agent/{name}</c>.</summary>
    /// <exception cref="FormatException"><paramref name="name"/> breaks the naming rule.</exception>
    public static EventSource Agent(AssetPath asset, string name) => new($"//{asset}/agent/{NamePart.Checked(name)}");

    /// <summary>A camera, whose gateway writes for it: <c>//{asset}/camera/{camera}</c>.</summary>
    public static EventSource Camera(CameraPath camera) => new($"//{camera.Asset}/camera/{camera.Camera}");

    /// <summary>An aggregator, for one line: <c>//{enterprise}/{site}/{area}/{line}/aggregator/{name}</c>.</summary>
    /// <exception cref="FormatException">The line is not four well-formed parts, or the name breaks the rule.</exception>
    public static EventSource Aggregator(string line, string name)
    {
        var parts = line.Split('/');
        return parts.Length == 4 && Array.TrueForAll(parts, NamePart.IsValid)
            ? new($"//{line}/aggregator/{NamePart.Checked(name)}")
            : throw new FormatException($"'{Excerpt.Of(line)}' is not a line: expected enterprise/site/area/line.");
    }

    /// <summary>A service of the whole plant, such as the registry: <c>//{kind}/{name}</c>.</summary>
    /// <exception cref="FormatException">Kind or name breaks the naming rule.</exception>
    public static EventSource Service(string kind, string name) => new($"//{NamePart.Checked(kind)}/{NamePart.Checked(name)}");

    /// <inheritdoc/>
    public override string ToString() => _uri;
}
