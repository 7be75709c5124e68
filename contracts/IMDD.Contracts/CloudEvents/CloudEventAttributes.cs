namespace IMDD.Contracts.CloudEvents;

/// <summary>Names of CloudEvents context attributes and of our extensions, without any transport's prefix.</summary>
public static class CloudEventAttributes
{
    /// <summary>The version of the specification this code writes.</summary>
    public const string SpecVersionValue = "1.0";

    public const string SpecVersion = "specversion";
    public const string Id = "id";
    public const string Source = "source";
    public const string Type = "type";
    public const string Time = "time";
    public const string Subject = "subject";
    public const string DataSchema = "dataschema";
    public const string DataContentType = "datacontenttype";

    /// <summary>Word for a flag that is set; a flag that is not set is left out.</summary>
    public const string TrueValue = "true";

    /// <summary>20-digit zero-padded decimal: compares as text.</summary>
    public const string Sequence = "sequence";

    /// <summary>Same text as the Kafka record's key.</summary>
    public const string PartitionKey = "partitionkey";

    /// <summary>When the event was made (<see cref="Time"/> says when it happened).</summary>
    public const string RecordedTime = "recordedtime";

    /// <summary>The inspection: one part, many cameras.</summary>
    public const string CorrelationId = "correlationid";

    /// <summary>Id of the frame event that caused this one.</summary>
    public const string CausationId = "causationid";

    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";

    /// <summary>Absolute time after which a consumer may ignore the event.</summary>
    public const string ExpiryTime = "expirytime";

    public const string PartId = "partid";
    public const string LotId = "lotid";
    public const string RecipeId = "recipeid";
    public const string CameraId = "cameraid";
    public const string AssetPath = "assetpath";
    public const string ModelDigest = "modeldigest";

    /// <summary><c>sha256:</c> and hex of the payload of the frame.</summary>
    public const string FrameDigest = "framedigest";

    /// <summary>Encoding of the data, such as <c>zstd</c>; absent when there is none.</summary>
    public const string ContentEncoding = "contentencoding";

    /// <summary><c>true</c> when sent from a store more than a minute after it happened.</summary>
    public const string Historical = "historical";

    /// <summary><c>true</c> for test parts that must never enter statistics.</summary>
    public const string Simulated = "simulated";

    public const string ImageWidth = "imagewidth";
    public const string ImageHeight = "imageheight";

    /// <summary>GenICam PFNC name, where the container does not say: <c>Mono8</c>, <c>RGB8</c>, …</summary>
    public const string PixelFormat = "pixelformat";

    /// <summary>Source of the camera's clock: <c>ptp</c>, <c>ntp</c> or <c>none</c>.</summary>
    public const string ClockSource = "clocksource";

    /// <summary>Estimated offset of the camera's clock, milliseconds.</summary>
    public const string ClockOffsetMs = "clockoffsetms";

    /// <summary>Stated error of the camera's clock, milliseconds.</summary>
    public const string ClockErrorMs = "clockerrorms";

    /// <summary>True for an attribute that the specification itself defines, and for its reserved word <c>data</c>.</summary>
    internal static bool IsCore(string name)
        => name is SpecVersion or Id or Source or Type or Time or Subject or DataSchema or DataContentType or "data";

    /// <summary>The rule for every value, both ways.</summary>
    /// <exception cref="CloudEventFormatException">Empty, too long, or with control characters.</exception>
    internal static void Check(string name, string value)
    {
        if (value.Length == 0)
        {
            throw new CloudEventFormatException($"Attribute '{name}' is missing or empty.");
        }

        if (value.Length > CloudEventText.MaxAttributeLength)
        {
            throw new CloudEventFormatException(
                $"Attribute '{name}' has {value.Length} characters: expected at most {CloudEventText.MaxAttributeLength}.");
        }

        if (!CloudEventText.IsAttributeValue(value))
        {
            throw new CloudEventFormatException($"Attribute '{name}' has control characters or is not valid Unicode: expected plain text.");
        }
    }
}
