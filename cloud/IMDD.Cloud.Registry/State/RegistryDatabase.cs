using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.State;

/// <summary>SQLite in a folder, or PostgreSQL by connection string.</summary>
internal static class RegistryDatabase
{
    private const string FileName = "registry.db";

    public static void Configure(DbContextOptionsBuilder builder, RegistryOptions options)
    {
        if (string.IsNullOrEmpty(options.ConnectionString))
        {
            builder.UseSqlite(new SqliteConnectionStringBuilder { DataSource = FileOf(options) }.ToString()).AddInterceptors(SqliteDurability.Instance);
        }
        else
        {
            builder.UseNpgsql(options.ConnectionString);
        }
    }

    /// <summary>The database in words, without any secret.</summary>
    public static string NameOf(RegistryOptions options)
    {
        if (string.IsNullOrEmpty(options.ConnectionString))
        {
            return $"SQLite database '{FileOf(options)}'";
        }

        Npgsql.NpgsqlConnectionStringBuilder connection = new(options.ConnectionString);
        return $"PostgreSQL database '{connection.Database}' at {connection.Host}:{connection.Port}";
    }

    private static string FileOf(RegistryOptions options) => Path.Combine(Path.GetFullPath(options.Directory), FileName);
}
