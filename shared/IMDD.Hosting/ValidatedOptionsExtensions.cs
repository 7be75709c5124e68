using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Hosting;

/// <summary>Registration of options that are bound and checked at start.</summary>
public static class ValidatedOptionsExtensions
{
    /// <summary>
    /// Binds <typeparamref name="T"/> to its section and checks its DataAnnotations at start; cross-field rules are added with an
    /// <see cref="IValidateOptions{TOptions}"/>. Every error is reported with its key by <see cref="ImddHost"/>.
    /// </summary>
    /// <param name="services">Services.</param>
    /// <param name="section">The section; by default the class's <c>public const string Section</c>.</param>
    /// <exception cref="ArgumentException">Neither was given.</exception>
    public static OptionsBuilder<T> AddValidatedOptions<T>(this IServiceCollection services, string? section = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(services);
        section ??= OptionsSection.DeclaredBy(typeof(T))
            ?? throw new ArgumentException($"{typeof(T).Name} declares no 'public const string Section'.", nameof(section));
        services.AddSingleton(new OptionsSection(typeof(T), section));
        return services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
    }
}
