using IMDD.Contracts.Identity;
using IMDD.Hosting;
using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// The agent's memory and outbox: every outcome, durable before anything is acknowledged, until Kafka has confirmed it. SQLite with a
/// write-ahead log and full sync; one writer, readers beside it.
/// </summary>
internal sealed class OutcomeStore : IDisposable
{
    private readonly StoreFile _file;

    private OutcomeStore(StoreFile file, OutcomeReader reader, OutcomeWriter writer, StoreAdmission admission)
        => (_file, Reader, Writer, Admission) = (file, reader, writer, admission);

    public OutcomeReader Reader { get; }

    public OutcomeWriter Writer { get; }

    /// <summary>Whether new frames may be taken.</summary>
    public StoreAdmission Admission { get; }

    /// <summary>Where a damaged store was moved to at this start; null when it was sound.</summary>
    public string? Damaged => _file.Damaged;

    /// <summary>Opens or creates the store.</summary>
    /// <param name="options">Where and how large.</param>
    /// <param name="source">The writer of every event in it.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="StoreUnavailableException">It cannot be used.</exception>
    public static OutcomeStore Open(StoreOptions options, EventSource source, TimeProvider time, ILogger logger)
    {
        var file = StoreFile.Open(options, time, logger);
        SqliteConnection? connection = null;
        OutcomeReader? reader = null;
        try
        {
            connection = StoreConnection.OpenWriter(file.Path);
            StoreConnection.Execute(connection, Upgrade(StoreConnection.Number(connection, "PRAGMA user_version")));
            reader = new OutcomeReader(file.Path);
            StoreAdmission admission = new();
            StoreRoom room = new(connection, options, time, logger);
            StoreTransaction transaction = new(connection, source, time);
            OutcomeWriter writer = new(connection, transaction, room, admission, reader.CountUnconfirmed(), options.GroupCommit, logger);
            return new OutcomeStore(file, reader, writer, admission);
        }
        catch (SqliteException e)
        {
            reader?.Dispose();
            connection?.Dispose();
            file.Dispose();
            throw new StoreUnavailableException($"outcome store {file.Path}", e.Message, e);
        }
    }

    /// <summary>From a version to the present one, as a whole or not at all.</summary>
    private static string Upgrade(long version) => $"""
        BEGIN IMMEDIATE;
        {(version == 1 ? StoreSchema.FromVersion1 : "")}
        {(version is > 0 and < 4 ? StoreSchema.LanesOfEight : "")}
        {StoreSchema.Create}
        COMMIT;
        """;

    /// <inheritdoc/>
    public void Dispose()
    {
        Writer.Dispose();
        Reader.Dispose();
        _file.Dispose();
    }
}
