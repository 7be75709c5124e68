namespace IMDD.Cloud.Trainer.Tests;

/// <summary>The two databases every test of state runs on.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
