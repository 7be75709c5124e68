using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Curator.State;

/// <summary>All state.</summary>
public sealed class CuratorDbContext(DbContextOptions<CuratorDbContext> options) : RelationalContext(options)
{
    public DbSet<FrameRow> Frames => Set<FrameRow>();
    public DbSet<LabelRow> Labels => Set<LabelRow>();
    public DbSet<TermRow> Terms => Set<TermRow>();

    protected override void MapTables(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<FrameRow>().ToTable("frames").HasKey(r => r.OutcomeId);
        modelBuilder.Entity<LabelRow>().ToTable("labels").HasKey(r => r.Sequence);
        modelBuilder.Entity<TermRow>().ToTable("terms").HasKey(r => r.Class);
    }
}
