using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Hosting;

/// <summary>
/// Finds everything that is wrong with the configuration before anything starts. The framework's own check at start ends at the first value
/// that does not convert; this one reads values, keys and rules of every options class and returns all errors.
/// </summary>
internal sealed partial class ConfigurationChecker(IServiceCollection registrations, IConfiguration configuration)
{
    /// <summary>All errors, ordered by key.</summary>
    public IReadOnlyList<ConfigurationError> Check(IServiceProvider services)
    {
        var sections = Sections(services);
        var errors = new List<ConfigurationError>();
        foreach (var section in sections)
        {
            var shape = SectionShape.Check(section, configuration, sections);
            errors.AddRange(shape);
            errors.AddRange(Rules(services, section, [.. shape.Select(error => error.Key)]));
        }

        return [.. errors.Distinct().OrderBy(error => error.Key, StringComparer.OrdinalIgnoreCase).ThenBy(error => error.Message, StringComparer.Ordinal)];
    }

    /// <summary>The errors that a validation exception stands for, each with its key.</summary>
    public static IEnumerable<ConfigurationError> ErrorsOf(OptionsValidationException exception) =>
        ErrorsOf(exception.Failures, OptionsSection.DeclaredBy(exception.OptionsType) ?? exception.OptionsType.Name);

    private List<OptionsSection> Sections(IServiceProvider services)
    {
        var explicitly = services.GetServices<OptionsSection>();
        var byConstant = registrations
            .Select(registration => registration.ServiceType)
            .Where(type => type.IsGenericType && IsOptionsService(type.GetGenericTypeDefinition()))
            .Select(type => type.GetGenericArguments()[0])
            .Distinct()
            .Select(type => (Type: type, Section: OptionsSection.DeclaredBy(type)))
            .Where(found => found.Section is not null)
            .Select(found => new OptionsSection(found.Type, found.Section!));
        return [.. explicitly.Concat(byConstant).DistinctBy(section => section.OptionsType)];
    }

    private static bool IsOptionsService(Type definition) =>
        definition == typeof(IConfigureOptions<>) || definition == typeof(IValidateOptions<>);

    /// <summary>Runs the class's own rules, on its values without those that do not convert, so that one error hides no other.</summary>
    private IEnumerable<ConfigurationError> Rules(IServiceProvider services, OptionsSection section, HashSet<string> badKeys)
    {
        var values = configuration.GetSection(section.Section).AsEnumerable()
            .Where(pair => pair.Value is not null && !badKeys.Any(bad => IsAtOrBelow(pair.Key, bad)));
        var clean = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var options = Activator.CreateInstance(section.OptionsType)!;
        clean.GetSection(section.Section).Bind(options);
        var run = typeof(ConfigurationChecker)
            .GetMethod(nameof(Validate), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(section.OptionsType)
            .CreateDelegate<Func<IServiceProvider, object, List<string>>>();
        return ErrorsOf(run(services, options), section.Section).Where(error => !badKeys.Any(bad => IsAtOrBelow(error.Key, bad)));
    }

    private static List<string> Validate<T>(IServiceProvider services, object options)
        where T : class
    {
        var name = Options.DefaultName;
        foreach (var configure in services.GetServices<IPostConfigureOptions<T>>())
        {
            configure.PostConfigure(name, (T)options);
        }

        return
        [
            .. services.GetServices<IValidateOptions<T>>()
                .Select(validator => validator.Validate(name, (T)options))
                .Where(result => result.Failed)
                .SelectMany(result => result.Failures ?? []),
        ];
    }

    private static bool IsAtOrBelow(string key, string other) =>
        key.Equals(other, StringComparison.OrdinalIgnoreCase) || key.StartsWith(other + ":", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<ConfigurationError> ErrorsOf(IEnumerable<string> failures, string section)
    {
        foreach (var failure in failures)
        {
            if (DataAnnotation().Match(failure) is { Success: true } match)
            {
                // 'Outer.Inner' names the path to a nested object: everything after the class's own name is part of the key.
                var path = match.Groups["type"].Value.Split('.').Skip(1);
                var members = match.Groups["members"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries);
                foreach (var member in members.DefaultIfEmpty(""))
                {
                    yield return new ConfigurationError(Key([section, .. path, member]), match.Groups["error"].Value);
                }
            }
            else if (failure.StartsWith(section + ":", StringComparison.Ordinal) && KeyAndMessage().Match(failure) is { Success: true } keyed)
            {
                yield return new ConfigurationError(keyed.Groups["key"].Value, keyed.Groups["message"].Value);
            }
            else
            {
                yield return new ConfigurationError(section, failure);
            }
        }
    }

    private static string Key(IEnumerable<string> parts) =>
        string.Join(':', parts.Where(part => part.Length > 0)).Replace("[", ":", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    // The wording of DataAnnotationValidateOptions<T>.
    [GeneratedRegex(@"^DataAnnotation validation failed for '(?<type>[^']*)' members: '(?<members>.*?)' with the error: '(?<error>.*)'\.$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DataAnnotation();

    // A rule of ours that names its key itself: "Edge:Store:MaxBytes: must be …", or "… must be …".
    [GeneratedRegex(@"^(?<key>[^\s]+?):?\s+(?<message>.+)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KeyAndMessage();
}
