namespace IMDD.Cloud.Curator.Tests;

/// <summary>The two databases every test of state runs on.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
