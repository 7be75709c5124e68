using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.State;

/// <summary>All state.</summary>
public sealed class AggregatorDbContext(DbContextOptions<AggregatorDbContext> options) : RelationalContext(options)
{
    public DbSet<PartitionRow> Partitions => Set<PartitionRow>();
    public DbSet<CameraRow> Cameras => Set<CameraRow>();
    public DbSet<LineRow> Lines => Set<LineRow>();
    public DbSet<WindowRow> Windows => Set<WindowRow>();
    public DbSet<CameraBootRow> CameraBoots => Set<CameraBootRow>();
    public DbSet<AlarmRow> Alarms => Set<AlarmRow>();
    public DbSet<FailedFrameRow> FailedFrames => Set<FailedFrameRow>();
    public DbSet<EdgeStateRow> EdgeStates => Set<EdgeStateRow>();
    public DbSet<DriftReferenceRow> DriftReferences => Set<DriftReferenceRow>();
    public DbSet<DriftWindowRow> DriftWindows => Set<DriftWindowRow>();

    protected override void MapTables(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<PartitionRow>().ToTable("partitions").HasKey(r => new { r.Topic, r.Partition });
        modelBuilder.Entity<CameraRow>().ToTable("cameras").HasKey(r => r.Key);
        modelBuilder.Entity<LineRow>().ToTable("lines").HasKey(r => r.Line);
        modelBuilder.Entity<WindowRow>().ToTable("windows").HasKey(r => new { r.Line, r.Seconds, r.Start });
        modelBuilder.Entity<CameraBootRow>().ToTable("camera_boots").HasKey(r => new { r.Camera, r.Boot });
        modelBuilder.Entity<AlarmRow>().ToTable("alarms").HasKey(r => new { r.Line, r.Alarm });
        modelBuilder.Entity<FailedFrameRow>().ToTable("failed_frames").HasKey(r => r.OutcomeId);
        modelBuilder.Entity<EdgeStateRow>().ToTable("edge_states").HasKey(r => r.Key);
        modelBuilder.Entity<DriftReferenceRow>().ToTable("drift_references").HasKey(r => new { r.Camera, r.ModelDigest });
        modelBuilder.Entity<DriftWindowRow>().ToTable("drift_windows").HasKey(r => r.Id);
    }
}
