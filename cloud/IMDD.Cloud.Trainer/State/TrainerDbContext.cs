using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Trainer.State;

/// <summary>All state.</summary>
public sealed class TrainerDbContext(DbContextOptions<TrainerDbContext> options) : RelationalContext(options)
{
    public DbSet<LabelRow> Labels => Set<LabelRow>();
    public DbSet<RunRow> Runs => Set<RunRow>();

    protected override void MapTables(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<LabelRow>().ToTable("labels").HasKey(r => r.Digest);
        modelBuilder.Entity<RunRow>().ToTable("runs").HasKey(r => r.Sequence);
    }
}
