using System.Text;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.State;

/// <summary>All state. Tables and columns are made by <see cref="SchemaMigrator"/>; this class only maps them.</summary>
public sealed class RegistryDbContext(DbContextOptions<RegistryDbContext> options) : DbContext(options)
{
    public DbSet<ModelRow> Models => Set<ModelRow>();
    public DbSet<ReleaseRow> Releases => Set<ReleaseRow>();
    public DbSet<AliasRow> Aliases => Set<AliasRow>();
    public DbSet<AgentRow> Agents => Set<AgentRow>();
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTimeOffset>().HaveConversion<TimestampConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ModelRow>().ToTable("models").HasKey(r => r.Name);
        modelBuilder.Entity<ReleaseRow>().ToTable("releases").HasKey(r => r.Digest);
        modelBuilder.Entity<AliasRow>().ToTable("aliases").HasKey(r => new { r.Name, r.Alias });
        modelBuilder.Entity<AgentRow>().ToTable("agents").HasKey(r => new { r.Asset, r.Agent });
        modelBuilder.Entity<OutboxRow>().ToTable("outbox").HasKey(r => r.Sequence);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(ColumnOf(property.Name, property.ClrType));
        }
    }

    private static string ColumnOf(string name, Type type)
    {
        var isTime = type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?);
        StringBuilder text = new(name.Length + 8);
        foreach (var c in isTime && name.EndsWith("At", StringComparison.Ordinal) ? name[..^2] : name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return isTime ? text.Append("_us").ToString() : text.ToString();
    }
}
