namespace IMDD.Relational;

/// <summary>What the options of every service with state in a database say of it.</summary>
public interface IDatabaseOptions
{
    /// <summary>Name of this instance, in event sources and in the lease for publishing; null: made from the host's name.</summary>
    string? InstanceName { get; }

    /// <summary>Folder of the SQLite database, used when there is no <see cref="ConnectionString"/>.</summary>
    string Directory { get; }

    /// <summary>Connection string of a PostgreSQL database; several instances may share it.</summary>
    string? ConnectionString { get; }

    /// <summary>How long the database may be unreachable at start before the process gives up.</summary>
    TimeSpan DatabaseStartTimeout { get; }

    /// <summary>How often what waits to be published is looked for, at least.</summary>
    TimeSpan EmitPeriod { get; }
}
