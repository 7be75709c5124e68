namespace IMDD.Cloud.Trainer.Tests;

/// <summary>The embedded database.</summary>
public sealed class SqliteStateTests(PostgresFixture postgres) : StateTests(postgres, DatabaseKind.Sqlite);
