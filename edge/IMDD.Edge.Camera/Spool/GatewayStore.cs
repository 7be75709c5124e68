using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Edge.Camera.Configuration;
using IMDD.Hosting;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Edge.Camera.Spool;

/// <summary>
/// What outlives the process: the boot, the delivery log, each camera's spool. A restart goes on with the boot's numbers, so that neither
/// the counts nor the sequences show a seam; without its log a boot cannot be gone on with, and a new one begins.
/// </summary>
internal sealed class GatewayStore : IAsyncDisposable
{
    private const string LockFile = "lock";
    private const string BootFile = "boot.json";
    private const string LogFile = "delivered.jsonl";
    private const int BootIdBytes = 6;

    private readonly FileStream _lock;

    private GatewayStore(FileStream lockFile, DurableLines log, DurableLines? truth, SpoolBudget budget, string bootId)
    {
        (_lock, Log, Truth, Budget, BootId) = (lockFile, log, truth, budget, bootId);
    }

    /// <summary>Frames told to be delivered.</summary>
    public DurableLines Log { get; }

    /// <summary>Ground truth, where it is asked for.</summary>
    public DurableLines? Truth { get; }

    public SpoolBudget Budget { get; }

    public string BootId { get; }

    /// <summary>By camera.</summary>
    public IReadOnlyDictionary<string, FrameSpool> Spools { get; private set; } = new Dictionary<string, FrameSpool>(StringComparer.Ordinal);

    /// <summary>Last sequence number given under <see cref="BootId"/>, by camera; absent: none yet.</summary>
    public IReadOnlyDictionary<string, long> LastSequences { get; private set; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Opens the store of a gateway.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written, or another gateway has it.</exception>
    public static async Task<GatewayStore> OpenAsync(CameraOptions options)
    {
        var directory = Path.GetFullPath(options.SpoolDirectory);
        try
        {
            Directory.CreateDirectory(directory);
            var lockFile = new FileStream(Path.Combine(directory, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return await OpenAsync(options, directory, lockFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"camera spool '{directory}'", $"{e.Message} It must be writable and used by one gateway alone.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        if (Truth is not null)
        {
            await Truth.DisposeAsync();
        }

        await _lock.DisposeAsync();
    }

    private static async Task<GatewayStore> OpenAsync(CameraOptions options, string directory, FileStream lockFile)
    {
        var logPath = options.LogFile ?? Path.Combine(directory, LogFile);
        SpoolBudget budget = new(options.MaxSpoolFrames, options.MaxSpoolBytes);
        var spools = options.CameraNames.ToDictionary(c => c, c => FrameSpool.Open(Path.Combine(directory, c), budget), StringComparer.Ordinal);
        var (bootId, last) = ReadBoot(Path.Combine(directory, BootFile), logPath, options);
        var log = DurableLines.Open(logPath);
        GatewayStore store = new(lockFile, log, options.TruthFile is { } truth ? DurableLines.Open(truth) : null, budget, bootId)
        {
            Spools = spools,
        };
        await store.LogWhatACrashLeftOutAsync(options, last);
        store.LastSequences = last;
        return store;
    }

    private static (string BootId, Dictionary<string, long> Last) ReadBoot(string bootPath, string logPath, CameraOptions options)
    {
        Dictionary<string, long> last = new(StringComparer.Ordinal);
        if (File.Exists(bootPath) && DurableLines.Read<GatewayBoot>(bootPath).FirstOrDefault() is { } boot)
        {
            foreach (var record in DurableLines.Read<DeliveryRecord>(logPath).Where(r => r.BootId == boot.BootId && r.AssetPath == options.Asset))
            {
                last[record.Camera] = Math.Max(last.GetValueOrDefault(record.Camera), record.Sequence);
            }

            if (last.Count > 0)
            {
                return (boot.BootId, last);
            }
        }

        GatewayBoot fresh = new(EventId.Base32(RandomNumberGenerator.GetBytes(BootIdBytes)));
        File.WriteAllBytes(bootPath + ".tmp", ImddJson.Serialize(fresh));
        File.Move(bootPath + ".tmp", bootPath, overwrite: true);
        return (fresh.BootId, last);
    }

    // Spooled, but the process died before the log had it: it will be sent, so it counts.
    private async Task LogWhatACrashLeftOutAsync(CameraOptions options, Dictionary<string, long> last)
    {
        foreach (var (camera, spool) in Spools)
        {
            foreach (var frame in spool.List().Where(f => f.BootId == BootId && f.Sequence > last.GetValueOrDefault(camera)))
            {
                await Log.AppendAsync(new DeliveryRecord(camera, options.Asset, frame.FrameId, frame.BootId, frame.Sequence, frame.Sha256, frame.Time));
                last[camera] = frame.Sequence;
            }
        }
    }
}
