using System.Globalization;
using IMDD.Hosting;
using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>The store's file: owned by one process, checked before it is used, moved aside with its evidence when it is damaged.</summary>
internal sealed class StoreFile : IDisposable
{
    private const string FileName = "outcomes.db";
    private static readonly string[] Companions = ["", "-wal", "-shm"];

    private readonly FileStream _ownership;

    private StoreFile(string path, FileStream ownership, string? damaged)
        => (Path, _ownership, Damaged) = (path, ownership, damaged);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Where a damaged store was moved to at this start; null when it was sound.</summary>
    public string? Damaged { get; }

    /// <summary>Takes the folder for this process and makes sure that what is in it is sound and of this version.</summary>
    /// <exception cref="StoreUnavailableException">The folder cannot be used.</exception>
    public static StoreFile Open(StoreOptions options, TimeProvider time, ILogger logger)
    {
        var folder = System.IO.Path.GetFullPath(options.Directory);
        var path = System.IO.Path.Combine(folder, FileName);
        FileStream? ownership = null;
        try
        {
            Directory.CreateDirectory(folder);
            ownership = Own(folder);
            var damaged = Damage(path) is { } damage ? SetAside(path, damage, time, logger) : null;
            return new StoreFile(path, ownership, damaged);
        }
        catch (StoreUnavailableException)
        {
            ownership?.Dispose();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            ownership?.Dispose();
            throw new StoreUnavailableException($"outcome store {path}", e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ownership.Dispose();

    private static FileStream Own(string folder)
    {
        try
        {
            // Advisory lock of the kernel: gone with the process, however it ends.
            return new FileStream(System.IO.Path.Combine(folder, "agent.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StoreUnavailableException($"outcome store in {folder}", "another agent uses this folder; give each agent its own", e);
        }
    }

    /// <summary>What is wrong with the file, or null. A log cut short by a power loss is not damage: SQLite drops its torn end.</summary>
    private static string? Damage(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            return null;
        }

        try
        {
            using var connection = StoreConnection.OpenWriter(path);
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            var answer = check.ExecuteScalar() as string;
            if (answer != "ok")
            {
                return answer ?? "no answer from the check";
            }

            var version = StoreConnection.Number(connection, "PRAGMA user_version");
            return version is >= 0 and <= StoreSchema.Version
                ? null
                : throw new StoreUnavailableException(
                    $"outcome store {path}", $"it has schema version {version}, this agent knows up to {StoreSchema.Version}; use the agent that wrote it or another folder");
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            return e.Message;
        }
    }

    private static string SetAside(string path, string damage, TimeProvider time, ILogger logger)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var folder = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, "damaged-" + stamp);
        Directory.CreateDirectory(folder);
        foreach (var companion in Companions)
        {
            if (File.Exists(path + companion))
            {
                File.Move(path + companion, System.IO.Path.Combine(folder, FileName + companion));
            }
        }

        Log.StoreDamaged(logger, path, damage, folder);
        return folder;
    }
}
