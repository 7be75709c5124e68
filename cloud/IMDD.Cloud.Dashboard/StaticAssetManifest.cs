namespace IMDD.Cloud.Dashboard;

/// <summary>Which of the manifests that the build writes beside a program describe the page's static files.</summary>
internal static class StaticAssetManifest
{
    private const string Dashboard = "IMDD.Cloud.Dashboard";

    /// <summary>Routes of the files; null where there is none, as in a published service of another name.</summary>
    public static string? Endpoints(string application) => Find(application, ".staticwebassets.endpoints.json");

    /// <summary>Where the files lie when the program runs from a build folder; null when it was published.</summary>
    public static string? Runtime(string application) => Find(application, ".staticwebassets.runtime.json");

    private static string? Find(string application, string suffix) => new[] { application, Dashboard }
        .Select(name => Path.Combine(AppContext.BaseDirectory, name + suffix))
        .FirstOrDefault(File.Exists);
}
