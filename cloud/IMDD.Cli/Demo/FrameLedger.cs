using System.Globalization;
using IMDD.Contracts.Identity;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cli.Demo;

/// <summary>Distinct frames by camera and boot. A gateway numbers its frames one by one, so a run of days takes no more than one of minutes.</summary>
internal sealed class FrameLedger
{
    private static readonly SequenceRanges None = new();

    private readonly Dictionary<(string Camera, string Boot), SequenceRanges> _boots = [];

    /// <summary>Distinct frames.</summary>
    public long Count { get; private set; }

    /// <summary>Ranges held in memory.</summary>
    public int Ranges => _boots.Values.Sum(boot => boot.Ranges);

    /// <summary>Adds a frame.</summary>
    /// <param name="camera">The camera's path.</param>
    /// <param name="frameId"><c>{bootId}-{sequence}</c>.</param>
    /// <returns>False when it is there already.</returns>
    /// <exception cref="FormatException">The id has another form.</exception>
    public bool Add(CameraPath camera, string frameId)
    {
        var cut = frameId.LastIndexOf('-');
        if (cut <= 0 || !long.TryParse(frameId.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || EventId.ForFrame(frameId[..cut], sequence) != frameId)
        {
            throw new FormatException($"'{frameId}' is not {{bootId}}-{{sequence}}.");
        }

        var key = (camera.ToString(), frameId[..cut]);
        if (!_boots.TryGetValue(key, out var boot))
        {
            _boots.Add(key, boot = new SequenceRanges());
        }

        if (!boot.Add(sequence))
        {
            return false;
        }

        Count++;
        return true;
    }

    /// <summary>Frames that are here and not in <paramref name="other"/>, as <c>camera frame</c>.</summary>
    public IEnumerable<string> Except(FrameLedger other) => _boots.SelectMany(
        boot => boot.Value.Except(other._boots.GetValueOrDefault(boot.Key, None))
            .Select(sequence => $"{boot.Key.Camera} {EventId.ForFrame(boot.Key.Boot, sequence)}"));
}
