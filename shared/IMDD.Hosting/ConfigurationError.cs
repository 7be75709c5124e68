namespace IMDD.Hosting;

/// <summary>One thing wrong with the configuration.</summary>
/// <param name="Key">Configuration key, e.g. <c>Edge:Store:MaxBytes</c>; a section when the rule spans several keys.</param>
/// <param name="Message">What was expected.</param>
public sealed record ConfigurationError(string Key, string Message);
