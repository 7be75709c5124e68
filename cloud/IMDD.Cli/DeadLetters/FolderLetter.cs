using System.Globalization;
using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.DeadLetters;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;

namespace IMDD.Cli.DeadLetters;

/// <summary>A copy in an agent's dead-letter folder: a frame, or a record that Kafka refused.</summary>
internal sealed class FolderLetter : IDeadLetter
{
    private const int MaxLetterBytes = 1 << 20;
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(1);

    private readonly string _payload;
    private readonly DeadLetter _letter;

    private FolderLetter(string file, DeadLetter letter)
    {
        _payload = Path.ChangeExtension(file, ".bin");
        _letter = letter;
        Facts = new DeadLetterFacts(
            Path.GetFileNameWithoutExtension(file), letter.Reason, letter.Detail, letter.Camera, letter.FrameId, letter.SizeBytes,
            letter.ReceivedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public DeadLetterFacts Facts { get; }

    /// <summary>The letters of a folder, oldest first.</summary>
    /// <exception cref="CommandFailedException">There is no such folder, or a file in it is no letter.</exception>
    public static IReadOnlyList<IDeadLetter> ReadAll(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];
        }
        catch (IOException e)
        {
            throw new CommandFailedException($"{folder} cannot be read: {e.Message}", inner: e);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> ReplayAsync(ReplayTargets targets, CancellationToken cancellationToken)
    {
        byte[] payload;
        try
        {
            payload = await File.ReadAllBytesAsync(_payload, cancellationToken);
        }
        catch (IOException e)
        {
            return e.Message;
        }

        if (payload.Length != _letter.SizeBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"only {payload.Length} of its {_letter.SizeBytes} bytes were kept");
        }

        var properties = _letter.Properties.Select(Split).ToList();
        return _letter.Reason == DeadLetter.KafkaRefused
            ? await ReplayRecordAsync(targets, payload, properties, cancellationToken)
            : await ReplayFrameAsync(targets, payload, properties, cancellationToken);
    }

    private static FolderLetter Read(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxLetterBytes
                ? new FolderLetter(file, ImddJson.Deserialize<DeadLetter>(File.ReadAllBytes(file)))
                : throw new CommandFailedException($"{file} has more than {MaxLetterBytes} bytes: expected a dead letter.");
        }
        catch (JsonException e)
        {
            throw new CommandFailedException($"{file} is no dead letter: {e.Message}", inner: e);
        }
    }

    private static KeyValuePair<string, string> Split(string property)
    {
        var cut = property.IndexOf(": ", StringComparison.Ordinal);
        return cut < 0 ? new(property, "") : new(property[..cut], property[(cut + 2)..]);
    }

    private async Task<string?> ReplayRecordAsync(
        ReplayTargets targets, byte[] payload, List<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        var topic = headers.Find(h => h.Key == KafkaDeadLetter.Topic).Value;
        return KafkaTopics.All.Any(t => t.Name == topic)
            ? await targets.PublishAsync(
                new KafkaRecord(topic, _letter.Camera, payload, [.. headers.Where(h => !KafkaDeadLetter.IsOwn(h.Key))], targets.Now), cancellationToken)
            : $"it comes from '{topic}', which is none of our topics";
    }

    private async Task<string?> ReplayFrameAsync(
        ReplayTargets targets, byte[] payload, List<KeyValuePair<string, string>> properties, CancellationToken cancellationToken)
    {
        if (!CameraPath.TryParse(_letter.Camera, out var camera, out _))
        {
            return $"'{_letter.Camera}' is not the path of a camera";
        }

        // Its outcome stands: what is seen now must not be taken for a frame of the line.
        properties.RemoveAll(p => p.Key is CloudEventAttributes.Id or CloudEventAttributes.Sequence or CloudEventAttributes.Simulated);
        properties.Add(new(CloudEventAttributes.Id, $"{_letter.FrameId}~{targets.Now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}"));
        properties.Add(new(CloudEventAttributes.Simulated, CloudEventAttributes.TrueValue));
        return await targets.SendAsync(
            new MqttOutgoing
            {
                Topic = MqttTopics.Frame(camera!),
                Payload = payload,
                ContentType = _letter.ContentType,
                UserProperties = properties,
                Expiry = Expiry,
            },
            cancellationToken);
    }
}
