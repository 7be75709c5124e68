using IMDD.Dapr.Locks;
using IMDD.Dapr.Notices;
using IMDD.Dapr.Secrets;
using IMDD.Dapr.State;
using IMDD.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Dapr;

/// <summary>State, locks, notices, calls of other services and secrets: in the process, or through a Dapr sidecar.</summary>
public static class DaprExtensions
{
    /// <summary>
    /// Adds <see cref="IStateStore"/>, <see cref="ILockStore"/> and <see cref="INotices"/> as the sections <c>Dapr</c> and <c>Secrets</c> say, and
    /// puts secrets in the place of <c>secret:NAME</c> in the configuration: to be called before anything reads it.
    /// </summary>
    /// <exception cref="ConfigurationInvalidException">A secret cannot be resolved.</exception>
    public static WebApplicationBuilder AddDapr(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddValidatedOptions<DaprOptions>();
        services.AddSingleton<IValidateOptions<DaprOptions>, DaprOptionsValidator>();
        services.AddValidatedOptions<SecretOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => SidecarAddress.Of(provider.GetRequiredService<IOptions<DaprOptions>>().Value, provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<NoticeListeners>();
        if (IsEnabled(builder.Configuration))
        {
            services.AddSingleton<Sidecar>(provider => new Sidecar(provider.GetRequiredService<SidecarAddress>(), provider.GetRequiredService<IOptions<DaprOptions>>().Value));
            services.AddSingleton<IStateStore, DaprStateStore>().AddSingleton<ILockStore, DaprLockStore>();
            services.AddSingleton<DaprNotices>().AddSingleton<INotices>(provider => provider.GetRequiredService<DaprNotices>());
            services.AddHostedService(provider => provider.GetRequiredService<DaprNotices>()).AddHostedService<SidecarStartReport>();
            services.AddHealthChecks().AddCheck<SidecarHealthCheck>("dapr", tags: [HealthTags.Ready]);
        }
        else
        {
            services.AddSingleton<IStateStore, InProcessStateStore>().AddSingleton<ILockStore, InProcessLockStore>().AddSingleton<INotices, InProcessNotices>();
        }

        AddSecrets(builder.Configuration);
        return builder;
    }

    private static void AddSecrets(ConfigurationManager configuration)
    {
        if (!SecretReferences.Any(configuration))
        {
            return;
        }

        // Before the host is built there is nothing that could be awaited, and no thread that waiting would block.
        var resolved = Task.Run(() => ResolveAsync(configuration)).GetAwaiter().GetResult();
        configuration.AddInMemoryCollection(resolved);
    }

    private static async Task<Dictionary<string, string?>> ResolveAsync(ConfigurationManager configuration)
    {
        if (!IsEnabled(configuration))
        {
            SecretOptions folder = new();
            configuration.GetSection(SecretOptions.Section).Bind(folder);
            return await SecretReferences.ResolveAsync(configuration, new FolderSecretStore(folder.Directory), CancellationToken.None);
        }

        DaprOptions options = new();
        try
        {
            configuration.GetSection(DaprOptions.Section).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationInvalidException(DaprOptions.Section, e.Message, e);
        }

        if (new DaprOptionsValidator().Validate(null, options) is { Failed: true } invalid)
        {
            throw new ConfigurationInvalidException(DaprOptions.Section, string.Join(" ", invalid.Failures!));
        }

        using Sidecar sidecar = new(SidecarAddress.Of(options, configuration), options);
        return await SecretReferences.ResolveAsync(configuration, new DaprSecretStore(sidecar, options, TimeProvider.System), CancellationToken.None);
    }

    /// <summary>What is no boolean is reported with the other errors of the configuration.</summary>
    private static bool IsEnabled(ConfigurationManager configuration)
        => bool.TryParse(configuration[$"{DaprOptions.Section}:{nameof(DaprOptions.Enabled)}"], out var isEnabled) && isEnabled;
}
