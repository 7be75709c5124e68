using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace IMDD.Messaging.Kafka;

/// <summary>Registration.</summary>
public static class KafkaServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IKafkaClientFactory"/>, bound to <see cref="KafkaOptions.Section"/> and validated at start, and creates topics in the
    /// background where <see cref="KafkaOptions.CreateTopics"/> says so.
    /// </summary>
    public static IServiceCollection AddKafka(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<KafkaOptions>().BindConfiguration(KafkaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KafkaOptions>, KafkaOptionsValidator>());
        services.TryAddSingleton<IKafkaClientFactory, KafkaClientFactory>();
        services.AddHostedService<KafkaTopicCreator>();
        return services;
    }
}
