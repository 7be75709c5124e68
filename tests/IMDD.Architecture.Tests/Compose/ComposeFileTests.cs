using System.Text.RegularExpressions;
using IMDD.Architecture.Tests.Projects;
using IMDD.Testing;
using YamlDotNet.Serialization;

namespace IMDD.Architecture.Tests.Compose;

/// <summary>No container engine runs here: what can be said of <c>compose.yaml</c> without one.</summary>
public sealed partial class ComposeFileTests
{
    private const string SettingPrefix = "IMDD_";
    private static readonly string Folder = Repository.PathOf("infra", "compose");

    private readonly Dictionary<string, object> _root = Read();

    private Dictionary<object, object> Services => (Dictionary<object, object>)_root["services"];

    [Fact]
    public void Services_AreThoseOfAPlant()
        => Services.Keys.ShouldBe(["mosquitto", "kafka", "postgres", "agent", "aggregator", "curator", "registry", "dashboard"], ignoreOrder: true);

    [Fact]
    public void OurServices_AreBuiltFromProjectsAndListenWhereTheProjectsDo()
    {
        var projects = ProjectFile.ReadAll(Repository.Root).Where(p => p.Side is Side.Edge or Side.CloudService).Select(p => p.Path).ToList();
        var built = Services.Where(s => Map(s.Value).ContainsKey("build")).ToList();
        built.Count.ShouldBe(5);
        foreach (var (name, service) in built)
        {
            var build = Map(Map(service)["build"]);
            var context = Path.GetFullPath(Path.Combine(Folder, (string)build["context"]));
            context.ShouldBe(Repository.Root.TrimEnd('/'));
            File.Exists(Path.Combine(context, (string)build["dockerfile"])).ShouldBeTrue();
            var project = (string)Map(build["args"])["PROJECT"];
            projects.ShouldContain(project, $"{name}");

            var main = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Repository.PathOf(project))!, "Program.cs"));
            var port = DefaultPort().Match(main).Groups["port"].Value;
            List(service, "ports").ShouldBe([$"127.0.0.1:{port}:{port}"]);
            Map(Map(service)["environment"])["IMDD_urls"].ShouldBe($"http://0.0.0.0:{port}");
        }
    }

    [Fact]
    public void Settings_OfOurServices_AreOptionsThatThereAre()
    {
        var sources = Directory.EnumerateFiles(Repository.Root, "*Options.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/artifacts/", StringComparison.Ordinal)).Select(File.ReadAllText).ToList();
        foreach (var (name, service) in Services)
        {
            foreach (var key in Environment(service).Keys.Where(key => key.StartsWith(SettingPrefix, StringComparison.Ordinal) && key != "IMDD_urls"))
            {
                // The place in a list is no part of the option's name.
                var parts = key[SettingPrefix.Length..].Split("__").Where(part => !part.All(char.IsAsciiDigit)).ToArray();
                var section = $"Section = \"{string.Join(':', parts[..^1])}\"";
                Regex property = new($@"public \S+ {parts[^1]} {{", RegexOptions.None, TimeSpan.FromSeconds(1));
                sources.Exists(source => source.Contains(section, StringComparison.Ordinal) && property.IsMatch(source)).ShouldBeTrue($"{key} of {name}");
            }
        }
    }

    [Fact]
    public void References_WithinTheFileAndToTheRepository_HaveTheirTarget()
    {
        var volumes = Map(_root["volumes"]).Keys.ToHashSet();
        foreach (var (name, service) in Services)
        {
            var dependencies = Map(service).TryGetValue("depends_on", out var given) ? given : new List<object>();
            (dependencies is Dictionary<object, object> map ? map.Keys.AsEnumerable() : (List<object>)dependencies).ShouldBeSubsetOf(Services.Keys, $"{name}");
            foreach (var source in List(service, "volumes").Select(volume => volume.Split(':')[0]))
            {
                if (!source.StartsWith('.'))
                {
                    volumes.ShouldContain(source);
                }
                else if (!source.StartsWith("./secrets/", StringComparison.Ordinal))
                {
                    File.Exists(Path.Combine(Folder, source)).ShouldBeTrue(source);
                }
            }

            foreach (var value in Environment(service).Values)
            {
                Host().Matches(value).Select(m => m.Groups["host"].Value).Where(host => host != "0.0.0.0").ShouldBeSubsetOf(Services.Keys.Cast<string>(), value);
            }
        }
    }

    [Fact]
    public async Task Prepare_MakesEveryFileThatIsMounted()
    {
        Assert.SkipWhen(ToolRequirement.Find("openssl", "apt-get install -y openssl", out var missing) is null, missing);
        using TestDirectory copy = new();
        foreach (var folder in (string[])["compose", "certs", "mosquitto"])
        {
            Directory.CreateDirectory(copy.File(folder));
            foreach (var file in Directory.GetFiles(Repository.PathOf("infra", folder)))
            {
                File.Copy(file, Path.Combine(copy.File(folder), Path.GetFileName(file)));
            }
        }

        await using ToolProcess prepare = new("bash", [Path.Combine(copy.File("compose"), "prepare.sh"), "acme/ulm/paint/line2/cell3", "box7"]);

        (await prepare.WaitAsync()).ShouldBe(0, prepare.Output);
        var secrets = Services.Values.SelectMany(service => List(service, "volumes")).Select(v => v.Split(':')[0]).Where(v => v.StartsWith("./secrets/", StringComparison.Ordinal));
        secrets.Distinct().ShouldAllBe(file => File.Exists(Path.Combine(copy.File("compose"), file)));
        (await File.ReadAllTextAsync(Path.Combine(copy.File("compose"), "secrets", "acl"), TestContext.Current.CancellationToken))
            .ShouldContain("imdd/v1/acme/ulm/paint/line2/cell3/state/agent/box7");
    }

    private static Dictionary<string, object> Read()
        => new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Folder, "compose.yaml")));

    private static Dictionary<object, object> Map(object node) => (Dictionary<object, object>)node;

    private static List<string> List(object service, string key) => Map(service).TryGetValue(key, out var list) ? [.. ((List<object>)list).Cast<string>()] : [];

    private static Dictionary<string, string> Environment(object service)
        => Map(service).TryGetValue("environment", out var map) ? Map(map).ToDictionary(p => (string)p.Key, p => (string)p.Value, StringComparer.Ordinal) : [];

    [GeneratedRegex(@"defaultPort: (?<port>\d+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DefaultPort();

    [GeneratedRegex(@"(?:://|Host=|^|@)(?<host>[a-z][a-z0-9.]*|0\.0\.0\.0)(?=:\d|;)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Host();
}
