using IMDD.Cloud.Trainer.Runs;
using IMDD.Cloud.Trainer.State;
using IMDD.Dapr;
using IMDD.Dapr.Locks;
using IMDD.Dapr.State;
using IMDD.Relational;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>Trainers with databases of their own, and stores that they share.</summary>
public sealed class RunGuardTests : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<WebApplication> _apps = [];
    private readonly FakeTimeProvider _time = new(Labels.Noon);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Dispose();
    }

    [Fact]
    public async Task TryTakeAsync_AnotherDatabase_GetsAHigherToken()
    {
        var one = await StartAsync();
        var (state, locks) = (one.GetRequiredService<IStateStore>(), one.GetRequiredService<ILockStore>());
        var two = await StartAsync(state, locks);
        var restored = await StartAsync(state, locks);

        var first = await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop);
        var second = await two.GetRequiredService<RunGuard>().TryTakeAsync(Stop);
        var third = await restored.GetRequiredService<RunGuard>().TryTakeAsync(Stop);

        // The clock stands still: by it alone all would be the same.
        second!.Value.ShouldBeGreaterThan(first!.Value);
        third!.Value.ShouldBeGreaterThan(second.Value);
        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldBeNull("its lease is held");
    }

    [Fact]
    public async Task TryTakeAsync_SomebodyIsTaking_IsRefusedUntilTheLockEnds()
    {
        var one = await StartAsync();
        await one.GetRequiredService<ILockStore>().TryLockAsync("trainer.run.edge-nano", "somebody", TimeSpan.FromSeconds(30), Stop);

        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(30));
        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task TryTakeAsync_AnotherWasFaster_GivesTheLeaseBack()
    {
        Faults faults = new() { IsConflict = true };
        var one = await StartAsync(faults);

        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldBeNull();

        faults.IsConflict = false;
        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldNotBeNull("lease and lock are free");
    }

    [Fact]
    public async Task TryTakeAsync_SidecarAway_BeginsNoRunUntilItIsBack()
    {
        Faults faults = new() { IsAway = true };
        var one = await StartAsync(faults);

        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldBeNull();
        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldBeNull();

        faults.IsAway = false;
        (await one.GetRequiredService<RunGuard>().TryTakeAsync(Stop)).ShouldNotBeNull();
    }

    private async Task<IServiceProvider> StartAsync(IStateStore? state = null, ILockStore? locks = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Trainer:Directory"] = _directory.File($"state{_apps.Count}");
        builder.Configuration["Blobs:Directory"] = _directory.File("blobs");
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.AddTrainer();
        if (state is not null)
        {
            builder.Services.AddSingleton(state);
        }

        if (locks is not null)
        {
            builder.Services.AddSingleton(locks);
        }

        var app = builder.Build();
        _apps.Add(app);
        await app.Services.GetServices<IHostedService>().OfType<SchemaMigrator<TrainerDbContext>>().Single().StartAsync(Stop);
        return app.Services;
    }

    /// <summary>A state store that fails on demand.</summary>
    private sealed class Faults : IStateStore
    {
        public bool IsConflict { get; set; }

        public bool IsAway { get; set; }

        public Task<StateEntry<T>?> GetAsync<T>(string key, CancellationToken cancellationToken)
            => IsAway ? throw new SidecarException("read", "it is away") : Task.FromResult<StateEntry<T>?>(null);

        public Task<bool> TrySaveAsync<T>(string key, T value, string? etag, CancellationToken cancellationToken) => Task.FromResult(!IsConflict);
    }
}
