using System.Globalization;
using System.Text;
using IMDD.Contracts.CloudEvents;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// A record ready to be stored but for its place: sequence and time of recording have a fixed width and are written into the finished
/// headers, so that the one writer of the store does next to nothing for each.
/// </summary>
internal sealed class PreparedRecord
{
    private const int SequenceWidth = 20;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const int TimeWidth = 27;

    private readonly int _sequenceAt;
    private readonly int _recordedAt;

    /// <summary>Prepares an event.</summary>
    /// <param name="cloudEvent">The event.</param>
    /// <param name="hop"><c>traceparent</c> of the span it is made in; null: none.</param>
    public PreparedRecord(CloudEvent cloudEvent, string? hop = null)
    {
        Dictionary<string, string> extensions = new(cloudEvent.Extensions, StringComparer.Ordinal)
        {
            [CloudEventAttributes.Sequence] = CloudEventText.Sequence(0),
            [CloudEventAttributes.RecordedTime] = CloudEventText.Time(DateTimeOffset.UnixEpoch),
        };
        Headers = HeaderText.Write(KafkaBinding.WriteHeaders(cloudEvent with { Extensions = extensions }, hop));
        _sequenceAt = Find(CloudEventAttributes.Sequence);
        _recordedAt = Find(CloudEventAttributes.RecordedTime);
        Value = cloudEvent.Data.ToArray();
        TraceParent = cloudEvent.Extension(CloudEventAttributes.TraceParent);
    }

    /// <summary>Headers as <see cref="HeaderText"/> writes them.</summary>
    public byte[] Headers { get; }

    /// <summary>Data.</summary>
    public byte[] Value { get; }

    /// <summary>The trace it belongs to, or null.</summary>
    public string? TraceParent { get; }

    /// <summary>Writes the record's place into its headers; again, where the first attempt to store it failed.</summary>
    public void Stamp(long sequence, DateTimeOffset recorded)
    {
        sequence.TryFormat(Headers.AsSpan(_sequenceAt, SequenceWidth), out _, "D20", CultureInfo.InvariantCulture);
        recorded.UtcDateTime.TryFormat(Headers.AsSpan(_recordedAt, TimeWidth), out _, TimeFormat, CultureInfo.InvariantCulture);
    }

    private int Find(string attribute)
    {
        var name = Encoding.ASCII.GetBytes($"\"ce_{attribute}\":\"");
        return Headers.AsSpan().IndexOf(name) + name.Length;
    }
}
