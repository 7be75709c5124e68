using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Messaging.Mqtt;

/// <summary>Registration.</summary>
public static class MqttServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IMqttSessionFactory"/>, and <see cref="MqttSessionOptions"/> bound to its section and validated at start.
    /// </summary>
    public static IServiceCollection AddMqtt(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<MqttSessionOptions>().BindConfiguration(MqttSessionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MqttSessionOptions>, MqttSessionOptionsValidator>());
        services.TryAddSingleton<IMqttSessionFactory, MqttSessionFactory>();
        return services;
    }
}
