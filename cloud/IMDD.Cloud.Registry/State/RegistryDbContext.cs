using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.State;

/// <summary>All state.</summary>
public sealed class RegistryDbContext(DbContextOptions<RegistryDbContext> options) : RelationalContext(options)
{
    public DbSet<ModelRow> Models => Set<ModelRow>();
    public DbSet<ReleaseRow> Releases => Set<ReleaseRow>();
    public DbSet<AliasRow> Aliases => Set<AliasRow>();
    public DbSet<AgentRow> Agents => Set<AgentRow>();
    public DbSet<RolloutRow> Rollouts => Set<RolloutRow>();
    public DbSet<RolloutAgentRow> RolloutAgents => Set<RolloutAgentRow>();
    public DbSet<RecipeRow> Recipes => Set<RecipeRow>();
    public DbSet<RecipeNameRow> RecipeNames => Set<RecipeNameRow>();
    public DbSet<RootRow> Roots => Set<RootRow>();
    public DbSet<DatasetRow> Datasets => Set<DatasetRow>();
    public DbSet<DatasetFrameRow> DatasetFrames => Set<DatasetFrameRow>();

    protected override void MapTables(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ModelRow>().ToTable("models").HasKey(r => r.Name);
        modelBuilder.Entity<ReleaseRow>().ToTable("releases").HasKey(r => r.Digest);
        modelBuilder.Entity<AliasRow>().ToTable("aliases").HasKey(r => new { r.Name, r.Alias });
        modelBuilder.Entity<AgentRow>().ToTable("agents").HasKey(r => new { r.Asset, r.Agent });
        modelBuilder.Entity<RolloutRow>().ToTable("rollouts").HasKey(r => r.Id);
        modelBuilder.Entity<DatasetRow>().ToTable("datasets").HasKey(r => r.Digest);
        modelBuilder.Entity<DatasetFrameRow>().ToTable("dataset_frames").HasKey(r => new { r.Dataset, r.Frame });
        modelBuilder.Entity<RecipeNameRow>().ToTable("recipe_names").HasKey(r => r.Name);
        modelBuilder.Entity<RecipeRow>().ToTable("recipes").HasKey(r => new { r.Name, r.Counter });
        modelBuilder.Entity<RootRow>().ToTable("roots").HasKey(r => r.Version);
        modelBuilder.Entity<RolloutAgentRow>().ToTable("rollout_agents").HasKey(r => new { r.RolloutId, r.Asset, r.Agent });
    }
}
