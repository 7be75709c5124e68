using System.Globalization;
using System.Text.Json;
using IMDD.Messaging.Embedded;
using IMDD.Testing;

namespace IMDD.Edge.Camera.Tests;

/// <summary>A broker, a folder and the settings that most tests share.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    public const string Asset = "acme/ulm/paint/line2/cell3";
    private readonly TestDirectory _directory = new();

    private GatewayFixture(EmbeddedMqttBroker broker) => Broker = broker;

    public EmbeddedMqttBroker Broker { get; }

    public string Spool => _directory.File("spool");

    public string LogFile => Path.Combine(Spool, "delivered.jsonl");

    public static async Task<GatewayFixture> CreateAsync() => new(await EmbeddedMqttBroker.StartAsync());

    public string File(string name) => _directory.File(name);

    public Task<TestAgent> StartAgentAsync() => TestAgent.StartAsync(Broker.Port, Asset);

    /// <summary>A folder of small different pictures.</summary>
    public string Images(int count)
    {
        var folder = _directory.File("images");
        Directory.CreateDirectory(folder);
        for (var i = 0; i < count; i++)
        {
            System.IO.File.WriteAllBytes(Path.Combine(folder, $"{i:D3}.png"), Pictures.Png(16, 12, (byte)i));
        }

        return folder;
    }

    /// <summary>Starts a gateway over a folder; later settings override earlier ones.</summary>
    public RunningGateway Start(string folder, int frames, params string[] settings) => Start(TimeProvider.System, folder, frames, settings);

    public RunningGateway Start(TimeProvider time, string folder, int frames, params string[] settings) => RunningGateway.Start(
        time,
        [
            $"--Mqtt:Port={Broker.Port}",
            $"--Camera:Asset={Asset}",
            "--Camera:Source=Folder",
            $"--Camera:Folder={folder}",
            $"--Camera:SpoolDirectory={Spool}",
            "--Camera:FramesPerSecond=200",
            $"--Camera:Frames={frames.ToString(CultureInfo.InvariantCulture)}",
            .. settings,
        ]);

    /// <summary>The delivery log as another program reads it.</summary>
    public IReadOnlyList<JsonElement> ReadLog()
        => System.IO.File.Exists(LogFile) ? [.. System.IO.File.ReadAllLines(LogFile).Select(l => JsonDocument.Parse(l).RootElement)] : [];

    /// <summary>Whole lines in the log, while it is being written.</summary>
    public int ReadLogLines() => System.IO.File.Exists(LogFile) ? System.IO.File.ReadAllText(LogFile).Count(c => c == '\n') : 0;

    public IReadOnlyList<string> SpooledFiles()
        => Directory.Exists(Spool) ? Directory.GetFiles(Spool, "*.frame", SearchOption.AllDirectories) : [];

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        _directory.Dispose();
    }
}
