namespace IMDD.Cloud.Trainer.Tests;

/// <summary>The database that instances share.</summary>
public sealed class PostgresStateTests(PostgresFixture postgres) : StateTests(postgres, DatabaseKind.Postgres);
