using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>A trainer in this process.</summary>
internal sealed class Trainer(WebApplication app) : TrainerApi(new HttpClient { BaseAddress = new Uri(app.Urls.Single()) })
{
    public T Get<T>()
        where T : notnull
        => app.Services.GetRequiredService<T>();

    /// <summary>Stops it in order; it is not started again.</summary>
    public Task StopAsync() => app.StopAsync();
}
