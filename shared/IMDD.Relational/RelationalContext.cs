using System.Text;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Relational;

/// <summary>State of a service. Tables and columns are made by <see cref="SchemaMigrator{TContext}"/>; the context only maps them.</summary>
public abstract class RelationalContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>What waits to be published.</summary>
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTimeOffset>().HaveConversion<TimestampConverter>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OutboxRow>().ToTable("outbox").HasKey(r => r.Sequence);
        MapTables(modelBuilder);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            var isTime = property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?);
            property.SetColumnName(SnakeCase(property.Name) + (isTime ? "_us" : ""));
        }
    }

    /// <summary>Names tables and keys of the service's own; columns are named after the properties, in snake case, times with <c>_us</c>.</summary>
    protected abstract void MapTables(ModelBuilder modelBuilder);

    private static string SnakeCase(string name)
    {
        StringBuilder text = new(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
