using System.Text;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.State;

/// <summary>All state. Tables and columns are made by <see cref="SchemaMigrator"/>; this class only maps them.</summary>
public sealed class AggregatorDbContext(DbContextOptions<AggregatorDbContext> options) : DbContext(options)
{
    public DbSet<PartitionRow> Partitions => Set<PartitionRow>();
    public DbSet<CameraRow> Cameras => Set<CameraRow>();
    public DbSet<LineRow> Lines => Set<LineRow>();
    public DbSet<WindowRow> Windows => Set<WindowRow>();
    public DbSet<CameraBootRow> CameraBoots => Set<CameraBootRow>();
    public DbSet<AlarmRow> Alarms => Set<AlarmRow>();
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();
    public DbSet<FailedFrameRow> FailedFrames => Set<FailedFrameRow>();
    public DbSet<EdgeStateRow> EdgeStates => Set<EdgeStateRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTimeOffset>().HaveConversion<TimestampConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<PartitionRow>().ToTable("partitions").HasKey(r => new { r.Topic, r.Partition });
        modelBuilder.Entity<CameraRow>().ToTable("cameras").HasKey(r => r.Key);
        modelBuilder.Entity<LineRow>().ToTable("lines").HasKey(r => r.Line);
        modelBuilder.Entity<WindowRow>().ToTable("windows").HasKey(r => new { r.Line, r.Seconds, r.Start });
        modelBuilder.Entity<CameraBootRow>().ToTable("camera_boots").HasKey(r => new { r.Camera, r.Boot });
        modelBuilder.Entity<AlarmRow>().ToTable("alarms").HasKey(r => new { r.Line, r.Alarm });
        modelBuilder.Entity<OutboxRow>().ToTable("outbox").HasKey(r => r.Sequence);
        modelBuilder.Entity<FailedFrameRow>().ToTable("failed_frames").HasKey(r => r.OutcomeId);
        modelBuilder.Entity<EdgeStateRow>().ToTable("edge_states").HasKey(r => r.Key);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            var isTime = property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?);
            property.SetColumnName(SnakeCase(property.Name) + (isTime ? "_us" : ""));
        }
    }

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
